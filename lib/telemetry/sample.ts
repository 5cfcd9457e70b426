import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, HOUR, isBefore, SECOND } from '#lib/base/time.ts';
import { SAMPLE_SECONDS, type Sample, type UnrentedSample } from '#protocol/metrics.ts';

/** Samples are kept for a day. */
export const METRICS_KEPT_SECONDS = (24 * HOUR) / SECOND;
/** Agents go by the market's time; a sample from further ahead is a mistake. */
const MOST_AHEAD_SECONDS = 60;

/** A sample with the moment that it stands for: the beginning of its five seconds, or thirty. */
type Placed<Told> = Omit<Told, 'at'> & { readonly at: Date };
export type PlacedSample = Placed<Sample>;
export type PlacedUnrented = Placed<UnrentedSample>;

/** The samples that are worth keeping, each at the beginning of its seconds; older than a day are left out. Refuses `badInput` for one of the future. */
export function placed<Told extends { readonly at: string }>(
  samples: readonly Told[],
  now: Date,
  seconds = SAMPLE_SECONDS,
): Placed<Told>[] {
  const latest = addSeconds(now, MOST_AHEAD_SECONDS);
  const oldest = addSeconds(now, -METRICS_KEPT_SECONDS);
  return samples.flatMap((sample) => {
    const at = onGrid(new Date(sample.at), seconds);
    if (isBefore(latest, at))
      throw new Refusal('badInput', { at: 'A sample of the future. Look at the clock of this machine.' });
    return isBefore(at, oldest) ? [] : [{ ...sample, at }];
  });
}

/** The last whole multiple of so many seconds at or before an instant. */
export function onGrid(instant: Date, seconds: number): Date {
  const step = seconds * SECOND;
  return new Date(Math.floor(instant.getTime() / step) * step);
}
