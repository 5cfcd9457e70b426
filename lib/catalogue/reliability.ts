import { type Interval, intervalOf, lengthOf, overlapOf, type Span, unionOf } from '#lib/base/spans.ts';
import { DAY, HOUR } from '#lib/base/time.ts';

/** Reliability looks this far back. */
export const RELIABILITY_WINDOW_MS = 30 * DAY;
/** A machine that was offered for less than this within the window is "new": there is too little to judge by. */
export const RELIABILITY_LEAST_OFFERED_MS = 24 * HOUR;

export type Reliability =
  | { readonly state: 'new'; readonly offeredMs: number }
  | {
      readonly state: 'measured';
      /** 10,000 is always reachable. Rounded down. */
      readonly basisPoints: number;
      readonly offeredMs: number;
      readonly reachableMs: number;
    };

/** Offered and silent time of the window that ends at `to`, in ms. */
type Measured = { readonly offeredMs: number; readonly silentMs: number };

function measure(offers: readonly Interval[], silences: readonly Interval[], to: number): Measured {
  const from = to - RELIABILITY_WINDOW_MS;
  const offered = unionOf(offers, from, to);
  const silentMs = silences.length === 0 ? 0 : overlapOf(offered, unionOf(silences, from, to));
  return { offeredMs: lengthOf(offered), silentMs };
}

/** Null is "new". */
function pointsOf({ offeredMs, silentMs }: Measured): number | null {
  if (offeredMs < RELIABILITY_LEAST_OFFERED_MS) return null;
  return Math.floor((10_000 * (offeredMs - silentMs)) / offeredMs);
}

/**
 * The share of the last 30 days' offered time in which a machine was reachable. Time in which it was not offered counts
 * neither way; spans that overlap count once; below 24 h of offered time a machine is "new".
 * Silences are only recorded while the market itself was up, so an outage of ours is in neither list.
 */
export function reliability(offers: readonly Span[], silences: readonly Span[], now: Date): Reliability {
  const measured = measure(offers.map(intervalOf), silences.map(intervalOf), now.getTime());
  const basisPoints = pointsOf(measured);
  const { offeredMs, silentMs } = measured;
  if (basisPoints === null) return { state: 'new', offeredMs };
  return { state: 'measured', basisPoints, offeredMs, reachableMs: offeredMs - silentMs };
}

/**
 * The figure at `now` (ms since 1970) and how long it stays: `until` is the first instant at which it may be another by
 * the passing of time alone, Infinity when never. For whoever keeps the figure instead of measuring again.
 */
export function reliabilityUntil(
  offers: readonly Interval[],
  silences: readonly Interval[],
  now: number,
): { readonly basisPoints: number | null; readonly until: number } {
  const before = measure(offers, silences, now);
  const basisPoints = pointsOf(before);
  // Between two instants at which an edge of the window meets an edge of a span, both times grow or shrink evenly.
  let edge = Number.POSITIVE_INFINITY;
  for (const span of [...offers, ...silences])
    for (const at of span)
      for (const meets of [at, at + RELIABILITY_WINDOW_MS]) if (meets > now && meets < edge) edge = meets;
  if (edge === Number.POSITIVE_INFINITY) return { basisPoints, until: edge };
  const after = measure(offers, silences, edge);
  const span = edge - now;
  const pointsAt = (passed: number) =>
    pointsOf({
      offeredMs: before.offeredMs + ((after.offeredMs - before.offeredMs) / span) * passed,
      silentMs: before.silentMs + ((after.silentMs - before.silentMs) / span) * passed,
    });
  if (pointsAt(span) === basisPoints) return { basisPoints, until: edge };
  // So within it the figure moves one way only, and its first change can be sought by halving.
  let same = 0;
  let other = span;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (pointsAt(middle) === basisPoints) same = middle;
    else other = middle;
  }
  return { basisPoints, until: now + other };
}

/** Bars of reliability go this far back. */
export const RELIABILITY_BAR_DAYS = 90;

/** One day of the bars: null when the machine was not offered in it at all, so that nothing is known of it. Days are spans of 24 h that end now, oldest first. */
export type ReliabilityDay = {
  readonly startsAt: Date;
  readonly basisPoints: number | null;
  readonly offeredMs: number;
  /** Of the offered time. */
  readonly silentMs: number;
};

/** The same measure day by day, for bars. */
export function reliabilityDays(
  offers: readonly Span[],
  silences: readonly Span[],
  now: Date,
  days = RELIABILITY_BAR_DAYS,
): ReliabilityDay[] {
  const offered = offers.map(intervalOf);
  const silent = silences.map(intervalOf);
  return Array.from({ length: days }, (_, index) => {
    const to = now.getTime() - (days - 1 - index) * DAY;
    const offeredThen = unionOf(offered, to - DAY, to);
    const offeredMs = lengthOf(offeredThen);
    const silentMs = overlapOf(offeredThen, unionOf(silent, to - DAY, to));
    return {
      startsAt: new Date(to - DAY),
      basisPoints: offeredMs === 0 ? null : Math.floor((10_000 * (offeredMs - silentMs)) / offeredMs),
      offeredMs,
      silentMs,
    };
  });
}
