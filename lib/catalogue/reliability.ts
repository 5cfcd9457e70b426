import { lengthOf, overlapOf, type Span, unionOf } from '#lib/base/spans.ts';
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

/**
 * The share of the last 30 days' offered time in which a machine was reachable. Time in which it was not offered counts
 * neither way; spans that overlap count once; below 24 h of offered time a machine is "new".
 * Silences are only recorded while the market itself was up, so an outage of ours is in neither list.
 */
export function reliability(offers: readonly Span[], silences: readonly Span[], now: Date): Reliability {
  const to = now.getTime();
  const from = to - RELIABILITY_WINDOW_MS;
  const offered = unionOf(offers, from, to);
  const offeredMs = lengthOf(offered);
  if (offeredMs < RELIABILITY_LEAST_OFFERED_MS) return { state: 'new', offeredMs };
  const reachableMs = offeredMs - overlapOf(offered, unionOf(silences, from, to));
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
    const offered = unionOf(offers, to - DAY, to);
    const offeredMs = lengthOf(offered);
    const silentMs = overlapOf(offered, unionOf(silences, to - DAY, to));
    return {
      startsAt: new Date(to - DAY),
      basisPoints: offeredMs === 0 ? null : Math.floor((10_000 * (offeredMs - silentMs)) / offeredMs),
    };
  });
}
