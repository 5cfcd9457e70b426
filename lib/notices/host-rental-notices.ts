import { formatDollars } from '#lib/base/money.ts';
import { reasonSentence } from '#lib/bookings/booking.ts';
import type { BookingNamed, EventFacts } from './event-facts.ts';
import { givenReason, instantText, quoted } from './phrase.ts';
import { dollarsOf, isImageBlamed, join, paidFor, reasonAt, type Said, wasPaid } from './rental-phrase.ts';

/** What a host hears about a rental on a machine of theirs. */
export function toHost(facts: EventFacts, booking: BookingNamed): Said | null {
  // Jobs come and go by the hundred: the page of the machine has them all.
  if (booking.ofJob && (facts.kind === 'booking.made' || facts.kind === 'booking.ended')) return null;
  const name = quoted(facts.machine?.name ?? 'Your machine');
  const earned = `You earned ${formatDollars(booking.creditedMicros)}.`;
  switch (facts.kind) {
    case 'booking.made':
      if (typeof facts.data.startsAt === 'string')
        return {
          title: `${name} was reserved`,
          body: `From ${instantText(new Date(facts.data.startsAt), facts.times)} to ${instantText(booking.endsAt, facts.times)}.`,
          mail: true,
        };
      return {
        title: `${name} was booked`,
        body: `Until ${instantText(booking.endsAt, facts.times)} at the latest.`,
        mail: true,
      };
    case 'booking.cancelled':
      return {
        title: `A reservation of ${name} was given back`,
        body: `${paidFor(facts.data.cancellationMicros, facts.data.hostMicros)} The time can be rented again.`,
        mail: true,
      };
    case 'booking.windowLate':
      return {
        title: `A reserved window on ${name} has begun, and it cannot be used`,
        body: join(
          facts.data.fault === 'silent' ? 'The machine does not answer.' : 'The machine has not got it to run.',
          'Nothing is earned until it does, and its renter may give it back for nothing.',
        ),
        mail: true,
      };
    case 'booking.failed':
      return {
        title: `A rental on ${name} failed`,
        body: join(
          isImageBlamed(facts, booking) ? BY_WORKLOAD : failureForHost(reasonAt(facts, booking)),
          wasPaid(facts) ? paidFor(facts.data.cancellationMicros, facts.data.hostMicros) : '',
        ),
        mail: false,
      };
    case 'booking.stopAsked':
    case 'booking.stopped':
    case 'booking.idleStopped':
      return wasPaid(facts) ? givenBackToHost(facts, name) : null;
    case 'booking.extended':
      return {
        title: `A rental on ${name} was extended`,
        body: `Until ${instantText(booking.endsAt, facts.times)} at the latest.`,
        mail: false,
      };
    case 'booking.endAsked':
      if (typeof facts.data.machineSilentSince === 'string')
        return {
          title: `A reservation of ${name} was given back`,
          body: 'The machine was silent in its window, so nothing is paid for that.',
          mail: true,
        };
      if (typeof facts.data.machineNotReadySince === 'string')
        return {
          title: `A reservation of ${name} was given back`,
          body: 'The machine had not got it to run in time, so nothing is paid for that. Its log says why.',
          mail: true,
        };
      if (wasPaid(facts)) return givenBackToHost(facts, name);
      if (reasonAt(facts, booking) !== 'staffEnded') return null;
      return { title: `Staff end a rental on ${name}`, body: join(earned, givenReason(facts)), mail: true };
    case 'booking.ended':
      if (reasonAt(facts, booking) === 'renterCancelled') return null;
      return { title: `A rental on ${name} has ended`, body: earned, mail: false };
    case 'booking.cancellationReturned':
      return {
        title: `Nothing is paid for a reservation of ${name} that was given back`,
        body: `The machine was silent by then: your ${dollarsOf(facts.data.hostMicros)} of it went back to the renter.`,
        mail: true,
      };
    case 'booking.refunded':
      return {
        title: `A rental on ${name} was refunded`,
        body: join('Your share of the refund was taken back.', givenReason(facts)),
        mail: true,
      };
    default:
      return null;
  }
}

const BY_WORKLOAD = 'It did not go on because of what was to run in it.';

/** The host hears what concerns the machine; what the renter chose (an image that does not exist) is the renter's affair. */
function failureForHost(reason: string | null): string {
  const own = [
    'noContainerRuntime',
    'gpuMissing',
    'diskFull',
    'gatewayFailed',
    'pullFailed',
    'startFailed',
    'shellFailed',
    'machineLost',
    'runtimeStopped',
  ];
  if (reason === null || !own.includes(reason)) return BY_WORKLOAD;
  return reasonSentence(reason) ?? '';
}

function givenBackToHost(facts: EventFacts, name: string): Said {
  return {
    title: `A reservation of ${name} was given back early`,
    body: `${paidFor(facts.data.cancellationMicros, facts.data.hostMicros)} The rest of its time can be rented again.`,
    mail: true,
  };
}
