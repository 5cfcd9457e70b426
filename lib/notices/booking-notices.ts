import { formatDollars } from '#lib/base/money.ts';
import { reasonSentence } from '#lib/bookings/booking.ts';
import { STOP_GRACE_SECONDS } from '#protocol/end-warning.ts';
import type { BookingNamed, EventFacts, NewNotice } from './event-facts.ts';
import { givenReason, instantText, quoted } from './phrase.ts';

type Said = { readonly title: string; readonly body: string; readonly mail: boolean; readonly link?: string };

/** What renter and host hear about a rental. */
export function bookingNotices(facts: EventFacts): NewNotice[] {
  const { booking } = facts;
  if (booking === null) return [];
  const renter = toRenter(facts, booking);
  const host = toHost(facts, booking);
  const machineId = facts.machine?.id;
  return [
    ...(renter === null ? [] : [{ userId: booking.renterId, link: `/bookings/${booking.id}`, ...renter }]),
    ...(host === null
      ? []
      : [{ userId: booking.hostId, link: machineId === undefined ? '/host' : `/host/machines/${machineId}`, ...host }]),
  ];
}

function toRenter(facts: EventFacts, booking: BookingNamed): Said | null {
  if (booking.ofJob) return null;
  const name = quoted(booking.name);
  const byRenter = facts.actorId === booking.renterId;
  const reason = reasonAt(facts, booking);
  const why = reasonSentence(reason) ?? '';
  switch (facts.kind) {
    case 'booking.connectable':
      return {
        title: `${name} is ready`,
        body: 'Connect with the ssh line on its page. From now on it is billed.',
        mail: true,
      };
    case 'booking.failed':
      return {
        title: `${name} could not go on`,
        body: join(
          why,
          machineSaid(facts),
          booking.startedAt === null ? 'Nothing was charged.' : join(charged(booking), diskKept(facts, booking)),
        ),
        mail: true,
      };
    case 'booking.stopped':
      // These were told when they were decided.
      if (
        ['renterStopped', 'idleStopped', 'moneyRanOut', 'capReached', 'hostEnded', 'interrupted'].includes(reason ?? '')
      )
        return null;
      return { title: `${name} was stopped`, body: join(why, diskKept(facts, booking)), mail: true };
    case 'booking.hostEnding':
      return hostEnding(facts, name);
    case 'booking.interrupting':
      return {
        title: `${name} yields at ${instantText(booking.endsAt, facts.times)}`,
        body: 'Somebody has the machine from then on. Its program was signalled. Its disk is kept for three days, and it goes on by itself when its bid wins again.',
        mail: true,
      };
    case 'booking.endAsked':
      if (reason !== 'staffEnded') return null;
      return { title: `Staff end ${name}`, body: join(charged(booking), givenReason(facts)), mail: true };
    case 'booking.shortened':
      return {
        title: `${name} ends earlier: at ${instantText(booking.endsAt, facts.times)}`,
        body: join('The host announced maintenance from then on. Copy what you need before that.', givenReason(facts)),
        mail: true,
      };
    case 'booking.cancelled':
      return {
        title: `You gave ${name} back`,
        body: `${paidFor(facts.data.cancellationMicros)} What was set aside for it came back.`,
        mail: false,
      };
    case 'booking.ended':
      if (reason === 'renterCancelled') return null;
      return {
        title: `${name} has ended`,
        body: join(
          reason === 'renterEnded' ? '' : why,
          charged(booking),
          'The bill is on its page.',
          reviewAsked(booking),
        ),
        mail: true,
      };
    case 'booking.moneyLow':
      return facts.data.disk === true
        ? {
            title: `The money for the disk of ${name} runs out`,
            body: join(
              diskKept(facts, booking),
              'Start it, or copy what you need, before that; or top up and start it later.',
            ),
            mail: true,
          }
        : {
            title:
              facts.data.capped === true ? `${name} is about to reach your cap` : `The money for ${name} runs out soon`,
            body: join(
              runway(facts.data.runwaySeconds),
              'Then it is stopped and its disk is kept for a day.',
              facts.data.capped === true ? '' : 'Top up to keep it running.',
            ),
            mail: true,
          };
    case 'booking.moneyRanOut':
      return {
        title: reason === 'capReached' ? `${name} reached your cap` : `The money for ${name} ran out`,
        body: join(why, diskKept(facts, booking)),
        mail: true,
      };
    case 'booking.idle':
      return {
        title: `The GPUs of ${name} do nothing`,
        body: join(
          'They have been below 5 % for 20 minutes.',
          idleCost(facts.data.microsPerHour),
          'Stop it on its page; there you can also have it stopped by itself when it idles.',
        ),
        mail: true,
      };
    case 'booking.idleStopped':
      return {
        title: `${name} was stopped: its GPUs did nothing`,
        body: join(why, diskKept(facts, booking)),
        mail: true,
      };
    case 'booking.windowEnding':
      return windowEnding(facts, booking);
    case 'terminal.opened':
      if (facts.data.first !== true) return null;
      return {
        title: `A terminal of ${name} was opened in a page`,
        body: `By ${typeof facts.data.session === 'string' ? facts.data.session : 'a browser'} that is signed in as you, without an SSH key of yours. If this was not you, end that session and set a new password.`,
        link: '/account',
        mail: false,
      };
    case 'booking.refunded':
      return {
        title: `You got a refund for ${name}`,
        body: join(`In all ${formatDollars(booking.refundedMicros)} came back.`, givenReason(facts)),
        mail: true,
      };
    case 'booking.extended':
      return byRenter
        ? null
        : { title: `${name} now ends at ${instantText(booking.endsAt, facts.times)}`, body: '', mail: false };
    default:
      return null;
  }
}

/** What the machine said of a failure, in brackets and bounded: an image's name, a line of Docker. */
function machineSaid(facts: EventFacts): string {
  const said = facts.reason?.trim() ?? '';
  return said === '' ? '' : `(${[...said].slice(0, 300).join('')})`;
}

function hostEnding(facts: EventFacts, name: string): Said {
  const { lastsUntil } = facts.data;
  if (typeof lastsUntil !== 'string')
    return { title: `The host called ${name} off`, body: join('Nothing was charged.', givenReason(facts)), mail: true };
  return {
    title: `The host ends ${name} at ${instantText(new Date(lastsUntil), facts.times)}`,
    body: join('Copy what you need before that. Nothing is billed from now on.', givenReason(facts)),
    mail: true,
  };
}

/** The way on leads to the page that says what more time costs, and gives it. */
function windowEnding(facts: EventFacts, booking: BookingNamed): Said {
  const left = Number(facts.data.leftSeconds);
  const endsAt = typeof facts.data.endsAt === 'string' ? new Date(facts.data.endsAt) : booking.endsAt;
  const name = quoted(booking.name);
  const title = Number.isFinite(left)
    ? `${name} ends in ${left / 60} minutes, at ${instantText(endsAt, facts.times)}`
    : `${name} ends at ${instantText(endsAt, facts.times)}`;
  const end = `Then its program is told to end, is stopped ${STOP_GRACE_SECONDS} seconds later, and the GPU goes back.`;
  if (booking.reason === 'hostEnded')
    return { title, body: `The host ends it. ${end} Copy what you need before that.`, mail: true };
  return {
    title,
    body: `${end} The disk is kept for a day. If you need longer, extend it: the page says whether the GPU is free and what it costs.`,
    link: `/bookings/${booking.id}/extend`,
    mail: true,
  };
}

/** Why, when it happened: the booking itself may have moved on. */
function reasonAt(facts: EventFacts, booking: BookingNamed): string | null {
  return typeof facts.data.reason === 'string' ? facts.data.reason : booking.reason;
}

function toHost(facts: EventFacts, booking: BookingNamed): Said | null {
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
    case 'booking.failed':
      return { title: `A rental on ${name} failed`, body: failureForHost(reasonAt(facts, booking)), mail: false };
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
      if (reasonAt(facts, booking) !== 'staffEnded') return null;
      return { title: `Staff end a rental on ${name}`, body: join(earned, givenReason(facts)), mail: true };
    case 'booking.ended':
      if (reasonAt(facts, booking) === 'renterCancelled') return null;
      return { title: `A rental on ${name} has ended`, body: earned, mail: false };
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

/** The host hears what concerns the machine; what the renter chose (an image that does not exist) is the renter's affair. */
function failureForHost(reason: string | null): string {
  const own = ['noContainerRuntime', 'gpuMissing', 'diskFull', 'gatewayFailed', 'shellFailed', 'machineLost'];
  if (reason === null || !own.includes(reason)) return 'It did not go on because of what was to run in it.';
  return reasonSentence(reason) ?? '';
}

function charged(booking: BookingNamed): string {
  const back = booking.refundedMicros > 0n ? `, ${formatDollars(booking.refundedMicros)} of it came back` : '';
  return `It cost ${formatDollars(booking.chargedMicros)}${back}.`;
}

/** What giving reserved time back cost, as the event says it: amounts are decimal text there. */
function paidFor(micros: unknown, hostMicros?: unknown): string {
  if (typeof micros !== 'string') return 'It cost nothing.';
  const yours = typeof hostMicros === 'string' ? `, ${formatDollars(BigInt(hostMicros))} of it is yours` : '';
  return `By its terms ${formatDollars(BigInt(micros))} was paid for that${yours}.`;
}

function diskKept(facts: EventFacts, booking: BookingNamed): string {
  return booking.diskUntil === null ? '' : `Its disk is deleted at ${instantText(booking.diskUntil, facts.times)}.`;
}

function idleCost(microsPerHour: unknown): string {
  return typeof microsPerHour === 'string' && /^\d+$/.test(microsPerHour)
    ? `It costs ${formatDollars(BigInt(microsPerHour))} an hour.`
    : '';
}

function runway(seconds: unknown): string {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return '';
  const minutes = Math.max(1, Math.floor(seconds / 60));
  const text = minutes >= 120 ? `${Math.floor(minutes / 60)} hours` : `${minutes} minute${minutes === 1 ? '' : 's'}`;
  return `It lasts about ${text}.`;
}

function join(...sentences: readonly string[]): string {
  return sentences
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join(' ');
}

/** What was usable can be reviewed. */
function reviewAsked({ startedAt }: BookingNamed): string {
  return startedAt === null ? '' : 'Say how it was there, within fourteen days.';
}
