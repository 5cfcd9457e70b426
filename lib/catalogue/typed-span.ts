import { instantOf, readWall } from './wall-clock.ts';

/** A span as somebody types it: two days and times on the clocks of a calendar's zone ("2026-11-27T22:00"). */
export type SpanTyped = { readonly from: string; readonly to: string };

/**
 * Reads a span that is to be taken out of a calendar, or says what is wrong with each field, in a sentence. Where the wall shows
 * a time twice, the span has both. One that lies within a time over which clocks are put forward never is.
 */
export function readSpan(
  zone: string,
  typed: SpanTyped,
):
  | { readonly startsAt: Date; readonly endsAt: Date }
  | { readonly problems: Partial<Record<keyof SpanTyped, string>> } {
  const [from, to] = [readWall(typed.from), readWall(typed.to)];
  if (from === undefined || to === undefined) {
    const choose = 'Choose a day and a time.';
    return { problems: { ...(from === undefined && { from: choose }), ...(to === undefined && { to: choose }) } };
  }
  const startsAt = new Date(instantOf(zone, from.day, from.minute, 'closes'));
  const endsAt = new Date(instantOf(zone, to.day, to.minute, 'opens'));
  const inOrder = from.day < to.day || (from.day === to.day && from.minute < to.minute);
  if (inOrder && endsAt <= startsAt)
    return { problems: { from: `The clocks of ${zone} are put forward over this time: on that day it is not there.` } };
  return { startsAt, endsAt };
}
