import { type Day, daysFrom } from '#lib/base/day.ts';
import { type Micros, maxMicros, minMicros } from '#lib/base/money.ts';
import type { TrustTier } from './machine.ts';

/** What was asked on a day: percentiles over the listings that were offered then, in micro-dollars per GPU-hour. */
export type PricePoint = {
  readonly day: Day;
  readonly listings: number;
  readonly lowestMicros: Micros;
  readonly p25Micros: Micros;
  readonly medianMicros: Micros;
  readonly p75Micros: Micros;
  readonly highestMicros: Micros;
};

/** The days of a model through time, oldest first; a day on which nothing was offered is not there. */
export type PriceLine = {
  readonly model: string;
  /** Null: all tiers together. */
  readonly tier: TrustTier | null;
  readonly simulated: boolean;
  readonly from: Day;
  readonly to: Day;
  readonly points: readonly PricePoint[];
};

/** The points of a line with the days between them that have none: a gap is drawn as a gap. */
export function everyDay(line: Pick<PriceLine, 'from' | 'to' | 'points'>): { day: Day; point: PricePoint | null }[] {
  const known = new Map(line.points.map((point) => [point.day, point]));
  return daysFrom(line.from, line.to).map((day) => ({ day, point: known.get(day) ?? null }));
}

/** A line in a sentence's worth of figures; null when it has no point. */
export function ends(line: Pick<PriceLine, 'points'>) {
  const [first, last] = [line.points[0], line.points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const medians = line.points.map(({ medianMicros }) => medianMicros);
  return {
    first,
    last,
    lowestMicros: medians.reduce(minMicros),
    highestMicros: medians.reduce(maxMicros),
  };
}

/** What a listing asked from an instant on: oldest first, each until the next; what changed nothing is left out. */
export type PriceChange = { readonly since: Date; readonly priceMicrosPerGpuHour: Micros };

/** The changes that matter within a span: the one in force at its beginning, moved to it, and all later ones. */
export function changesWithin(changes: readonly PriceChange[], from: Date, until: Date): PriceChange[] {
  const within: PriceChange[] = [];
  for (const { since, priceMicrosPerGpuHour } of changes) {
    if (since >= until) break;
    const change = { since: since < from ? from : since, priceMicrosPerGpuHour };
    const before = within.at(-1);
    // What stood for no time at all was never seen.
    if (before !== undefined && before.since.getTime() >= change.since.getTime()) within.pop();
    if (within.at(-1)?.priceMicrosPerGpuHour !== priceMicrosPerGpuHour) within.push(change);
  }
  return within;
}
