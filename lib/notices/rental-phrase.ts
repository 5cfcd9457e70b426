import { formatDollars } from '#lib/base/money.ts';
import { isDoubtful } from '#lib/bookings/blame.ts';
import { YIELDS_FOR, type YieldsFor } from '#lib/bookings/yields-for.ts';
import type { BookingNamed, EventFacts } from './event-facts.ts';

export type Said = { readonly title: string; readonly body: string; readonly mail: boolean; readonly link?: string };

/** Why, when it happened: the booking itself may have moved on. */
export function reasonAt(facts: EventFacts, booking: BookingNamed): string | null {
  return typeof facts.data.reason === 'string' ? facts.data.reason : booking.reason;
}

/** Whether giving a window back, in whatever way, cost something. */
export function wasPaid(facts: EventFacts): boolean {
  return typeof facts.data.cancellationMicros === 'string';
}

/** Whether a window that never could be used was paid for because of what was to run in it, though its machine does not say so. */
export function isImageBlamed(facts: EventFacts, booking: BookingNamed): boolean {
  const reason = reasonAt(facts, booking);
  return wasPaid(facts) && booking.startedAt === null && (isDoubtful(reason) || reason === 'neverReady');
}

/** What giving reserved time back cost, as the event says it: amounts are decimal text there. */
export function paidFor(micros: unknown, hostMicros?: unknown): string {
  if (typeof micros !== 'string') return 'It cost nothing.';
  const yours = typeof hostMicros === 'string' ? `, ${formatDollars(BigInt(hostMicros))} of it is yours` : '';
  return `By its terms ${formatDollars(BigInt(micros))} was paid for that${yours}.`;
}

export function join(...sentences: readonly string[]): string {
  return sentences
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join(' ');
}

/** An amount that an event carries as decimal text. */
export function dollarsOf(micros: unknown): string {
  return typeof micros === 'string' && /^\d+$/.test(micros) ? formatDollars(BigInt(micros)) : 'the share';
}

/** For what a rental yields, in a sentence; nothing where the event does not say it. */
export function whyItYields({ data: { yieldsFor } }: EventFacts): string {
  const isKnown = typeof yieldsFor === 'string' && Object.hasOwn(YIELDS_FOR, yieldsFor);
  return isKnown ? YIELDS_FOR[yieldsFor as YieldsFor] : '';
}
