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

type Interval = readonly [from: number, to: number];

function union(spans: readonly Span[], from: number, to: number): Interval[] {
  const clipped = spans
    .map(
      (span): Interval => [
        Math.max(span.startsAt.getTime(), from),
        Math.min(span.endsAt === null ? to : span.endsAt.getTime(), to),
      ],
    )
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

/**
 * The share of the last 30 days' offered time in which a machine was reachable. Time in which it was not offered counts
 * neither way; spans that overlap count once; below 24 h of offered time a machine is "new".
 * Silences are only recorded while the market itself was up, so an outage of ours is in neither list.
 */
export function reliability(offers: readonly Span[], silences: readonly Span[], now: Date): Reliability {
  const to = now.getTime();
  const from = to - RELIABILITY_WINDOW_MS;
  const offered = union(offers, from, to);
  const offeredMs = length(offered);
  if (offeredMs < RELIABILITY_LEAST_OFFERED_MS) return { state: 'new', offeredMs };
  const reachableMs = offeredMs - overlap(offered, union(silences, from, to));
  return {
    state: 'measured',
    basisPoints: Math.floor((10_000 * reachableMs) / offeredMs),
    offeredMs,
    reachableMs,
  };
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
  return Array.from({ length: days }, (_, index) => {
    const to = now.getTime() - (days - 1 - index) * DAY;
    const offered = union(offers, to - DAY, to);
    const offeredMs = length(offered);
    const silentMs = overlap(offered, union(silences, to - DAY, to));
    return {
      startsAt: new Date(to - DAY),
      basisPoints: offeredMs === 0 ? null : Math.floor((10_000 * (offeredMs - silentMs)) / offeredMs),
    };
  });
}
