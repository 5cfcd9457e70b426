import { formatDollars } from '#lib/base/money.ts';
import { reasonSentence } from '#lib/bookings/booking.ts';
import { STOP_GRACE_SECONDS } from '#protocol/end-warning.ts';
import type { BookingNamed, EventFacts, NewNotice } from './event-facts.ts';
import { toHost } from './host-rental-notices.ts';
import { givenReason, instantText, quoted } from './phrase.ts';
import { dollarsOf, isImageBlamed, join, paidFor, reasonAt, type Said, wasPaid, whyItYields } from './rental-phrase.ts';

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
          isImageBlamed(facts, booking) ? IMAGE_BLAMED : '',
          wasPaid(facts)
            ? paidFor(facts.data.cancellationMicros)
            : booking.startedAt === null
              ? 'Nothing was charged.'
              : charged(booking),
          booking.startedAt === null ? '' : diskKept(facts, booking),
        ),
        mail: true,
      };
    case 'booking.stopped':
      // These were told when they were decided.
      if (
        ['renterStopped', 'idleStopped', 'moneyRanOut', 'capReached', 'hostEnded', 'interrupted'].includes(reason ?? '')
      )
        return null;
      return {
        title: `${name} was stopped`,
        body: join(why, givenBackEarly(facts), diskKept(facts, booking)),
        mail: true,
      };
    case 'booking.hostEnding':
      return hostEnding(facts, name);
    case 'booking.interrupting':
      return {
        title: `${name} yields at ${instantText(booking.endsAt, facts.times)}`,
        body: join(
          whyItYields(facts),
          'Its program was signalled. Its disk is kept for three days, and it goes on by itself when its bid wins again.',
        ),
        mail: true,
      };
    case 'booking.stopAsked':
      if (!wasPaid(facts)) return null;
      return { title: `You gave ${name} back early`, body: paidFor(facts.data.cancellationMicros), mail: false };
    case 'booking.endAsked':
      if (isImageBlamed(facts, booking))
        return {
          title: `${name} could not be used`,
          body: join(why, IMAGE_BLAMED, paidFor(facts.data.cancellationMicros)),
          mail: true,
        };
      if (wasPaid(facts))
        return { title: `You gave ${name} back early`, body: paidFor(facts.data.cancellationMicros), mail: false };
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
        body: join(why, givenBackEarly(facts), diskKept(facts, booking)),
        mail: true,
      };
    case 'booking.windowLate':
      return {
        title: `The window of ${name} has begun, and it cannot be used yet`,
        body: join(
          facts.data.fault === 'silent' ? 'Its machine does not answer.' : 'Its machine has not got it to run.',
          'Nothing is billed. It is yours as soon as the machine has it; until then giving it back costs nothing.',
        ),
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
    case 'booking.cancellationReturned':
      return {
        title: `You paid nothing for giving ${name} back`,
        body: `Its machine was silent by then, which was known only later: ${dollarsOf(facts.data.micros)} came back to your wallet.`,
        mail: true,
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

function charged(booking: BookingNamed): string {
  const back = booking.refundedMicros > 0n ? `, ${formatDollars(booking.refundedMicros)} of it came back` : '';
  return `It cost ${formatDollars(booking.chargedMicros)}${back}.`;
}

const IMAGE_BLAMED =
  'The image counts as the reason: its machine ran what others rent, or the same happened to you with another host. If you see it otherwise, contest it from its bill.';

function givenBackEarly(facts: EventFacts): string {
  return wasPaid(facts) ? `That gives its window back early. ${paidFor(facts.data.cancellationMicros)}` : '';
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

/** What was usable can be reviewed. */
function reviewAsked({ startedAt }: BookingNamed): string {
  return startedAt === null ? '' : 'Say how it was there, within fourteen days.';
}
