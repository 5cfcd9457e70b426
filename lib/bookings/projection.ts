import type { Micros } from '#lib/base/money.ts';
import { addSeconds, secondsBetween } from '#lib/base/time.ts';
import type { RentalRow } from './rental.ts';

/** What stops a rental by itself as things are: its rented time, its money, or the end of what is kept of it. */
export type Stopper = 'time' | 'money' | 'disk';

/** When a rental stops by itself as things are, and what it will have cost by then. */
export type Projection = {
  readonly at: Date;
  readonly by: Stopper;
  /** In micro-dollars, with the estimate of what was used up to now. */
  readonly totalMicros: Micros;
};

type Projected = Pick<RentalRow, 'billable' | 'desired' | 'endsAt' | 'diskUntil' | 'endedAt' | 'cost'>;

/** Null while nothing is billed: then there is no rate to go on at. */
export function projectionOf(rental: Projected, now: Date): Projection | null {
  const { billable, cost, endedAt } = rental;
  if (endedAt !== null || billable === 'nothing') return null;
  const end: { at: Date; by: Stopper } | null =
    billable === 'gpuAndDisk'
      ? { at: rental.endsAt, by: 'time' }
      : rental.diskUntil === null
        ? null
        : { at: rental.diskUntil, by: 'disk' };
  if (end === null) return null;
  const broke = cost.runwaySeconds === null || cost.lastsToEnd ? null : cost.runwaySeconds;
  const runsOut = broke !== null && broke < secondsBetween(now, end.at);
  const at = runsOut ? addSeconds(now, Math.floor(broke)) : end.at;
  const seconds = BigInt(Math.max(0, Math.floor(secondsBetween(now, at))));
  const totalMicros = cost.estimatedMicros + (cost.microsPerHour * seconds) / 3_600n;
  return { at, by: runsOut ? 'money' : end.by, totalMicros };
}
