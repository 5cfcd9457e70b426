import { MINUTE, SECOND } from '#lib/base/time.ts';
import { SAMPLE_SECONDS } from '#protocol/metrics.ts';

/** A GPU under this utilisation does nothing that is worth its price. */
export const IDLE_BELOW_PERCENT = 5;
/** A rental idles when all its GPUs were below for so long. */
export const IDLE_SECONDS = (20 * MINUTE) / SECOND;
/** Of the samples of that time so many must be there: who was not seen is not idle. A few get lost when an agent restarts. */
export const IDLE_LEAST_SAMPLES = Math.floor((IDLE_SECONDS / SAMPLE_SECONDS) * 0.95);

/** What a renter chose to happen, and what they were told. */
export type IdleGuard = {
  readonly stops: boolean;
  /** When they were told of the present idling; null while it is not idle. */
  readonly noticedAt: Date | null;
};
