import { addSeconds } from '#lib/base/time.ts';
import type { Verdict } from './attempt.ts';
import { type JobOutcome, MOST_LOSSES, MOST_UNBEGUN, pauseSeconds } from './job.ts';

type Over = Extract<Verdict, { state: 'over' }>;

/** What becomes of a job when an attempt of it is over: the end, or the queue again. */
export type NextStep = { readonly failures: number; readonly losses: number } & (
  | { readonly step: 'end'; readonly outcome: JobOutcome; readonly reason: string | null }
  | { readonly step: 'again'; readonly notBefore: Date; readonly avoidedHostIds: readonly string[] }
);

export type JobSoFar = {
  readonly failures: number;
  readonly losses: number;
  /** How many attempts, the one that is over among them, never began though their machines answered. */
  readonly unbegun: number;
  readonly retries: number;
  readonly deadline: Date | null;
  readonly avoidedHostIds: readonly string[];
  /** What is left of its cap in micro-dollars; null without one. */
  readonly leftMicros: bigint | null;
  /** What a minute of the attempt that is over cost on its machines, in micro-dollars. */
  readonly minuteMicros: bigint;
};

/**
 * A job that its machine lost begins again elsewhere, at once and without using up a retry; one that failed by itself begins
 * again as often as its renter allowed, after a pause. Nothing begins after the deadline, or where the cap leaves no minute of what it cost.
 */
export function nextStep(job: JobSoFar, over: Over, now: Date): NextStep {
  const lost = over.outcome === 'lost';
  const failures = job.failures + (over.outcome === 'failed' ? 1 : 0);
  const losses = job.losses + (lost ? 1 : 0);
  const end = (outcome: JobOutcome, reason: string | null): NextStep => ({
    step: 'end',
    outcome,
    reason,
    failures,
    losses,
  });
  if (over.outcome === 'succeeded' || over.outcome === 'cancelled' || over.outcome === 'expired')
    return end(over.outcome, over.reason);
  if (over.final || failures > job.retries) return end('failed', over.reason);
  if (lost && job.unbegun >= MOST_UNBEGUN) return end('failed', 'neverBegan');
  if (losses > MOST_LOSSES) return end('failed', 'keptBeingLost');
  if (job.leftMicros !== null && job.leftMicros < job.minuteMicros) return end('failed', 'capUsedUp');
  const notBefore = lost ? now : addSeconds(now, pauseSeconds(failures));
  if (job.deadline !== null && job.deadline <= notBefore) return end('expired', 'deadlinePassed');
  const avoidedHostIds = [...new Set([...job.avoidedHostIds, ...over.lostBy])].sort();
  return { step: 'again', failures, losses, notBefore, avoidedHostIds };
}
