import { DAY, HOUR } from '#lib/base/time.ts';

/** A span of time; without an end it is still going on. */
export type Span = { readonly startsAt: Date; readonly endsAt: Date | null };

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

/** From and to in ms since 1970; a span that goes on ends at Infinity. */
export type Interval = readonly [from: number, to: number];

function intervalOf(span: Span): Interval {
  return [span.startsAt.getTime(), span.endsAt?.getTime() ?? Number.POSITIVE_INFINITY];
}

function union(spans: readonly Interval[], from: number, to: number): Interval[] {
  const clipped = spans
    .map(([start, end]): Interval => [Math.max(start, from), Math.min(end, to)])
    .filter(([start, end]) => end > start)
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of clipped) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

function length(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, [from, to]) => sum + to - from, 0);
}

function overlap(a: readonly Interval[], b: readonly Interval[]): number {
  let sum = 0;
  let j = 0;
  for (const [from, to] of a) {
    while (j < b.length && (b[j] as Interval)[1] <= from) j += 1;
    for (let k = j; k < b.length && (b[k] as Interval)[0] < to; k += 1) {
      const [start, end] = b[k] as Interval;
      sum += Math.max(0, Math.min(to, end) - Math.max(from, start));
    }
  }
  return sum;
}

/** Offered and silent time of the window that ends at `to`, in ms. */
type Measured = { readonly offeredMs: number; readonly silentMs: number };

function measure(offers: readonly Interval[], silences: readonly Interval[], to: number): Measured {
  const from = to - RELIABILITY_WINDOW_MS;
  const offered = union(offers, from, to);
  const silentMs = silences.length === 0 ? 0 : overlap(offered, union(silences, from, to));
  return { offeredMs: length(offered), silentMs };
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

/** One day of the window: null when the machine was not offered in it at all. Days are spans of 24 h that end now, oldest first. */
export type ReliabilityDay = { readonly startsAt: Date; readonly basisPoints: number | null };

/** The same measure day by day, for bars. */
export function reliabilityDays(
  offers: readonly Span[],
  silences: readonly Span[],
  now: Date,
  days = 30,
): ReliabilityDay[] {
  const offered = offers.map(intervalOf);
  const silent = silences.map(intervalOf);
  return Array.from({ length: days }, (_, index) => {
    const to = now.getTime() - (days - 1 - index) * DAY;
    const offeredThen = union(offered, to - DAY, to);
    const offeredMs = length(offeredThen);
    const silentMs = overlap(offeredThen, union(silent, to - DAY, to));
    return {
      startsAt: new Date(to - DAY),
      basisPoints: offeredMs === 0 ? null : Math.floor((10_000 * (offeredMs - silentMs)) / offeredMs),
    };
  });
}
