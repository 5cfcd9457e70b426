import type { StateKind } from '#components/ui/state-badge.tsx';
import type { JobCounts, JobDesired, JobObserved, JobOutcome } from '#lib/jobs/job.ts';

type Shown = { readonly kind: StateKind; readonly word: string };

const OBSERVED: Record<Exclude<JobObserved, 'ended'>, Shown> = {
  waiting: { kind: 'waiting', word: 'waiting' },
  placed: { kind: 'working', word: 'starting' },
  running: { kind: 'running', word: 'running' },
};

const OUTCOMES: Record<JobOutcome, Shown> = {
  succeeded: { kind: 'done', word: 'succeeded' },
  failed: { kind: 'failed', word: 'failed' },
  cancelled: { kind: 'stopped', word: 'cancelled' },
  expired: { kind: 'warning', word: 'expired' },
};

/** The one word that a job's state is shown by. */
export function shownJob(job: {
  readonly desired: JobDesired;
  readonly observed: JobObserved;
  readonly outcome: JobOutcome | null;
}): Shown {
  if (job.outcome !== null) return OUTCOMES[job.outcome];
  if (job.desired === 'end' || job.observed === 'ended') return { kind: 'working', word: 'cancelling' };
  return OBSERVED[job.observed];
}

/** The one word for all jobs of a submission together: the furthest that any of them is, until all have ended. */
export function shownArray({ counts, size }: { readonly counts: JobCounts; readonly size: number }): Shown {
  if (counts.running > 0) return OBSERVED.running;
  if (counts.placed > 0) return OBSERVED.placed;
  if (counts.waiting > 0) return OBSERVED.waiting;
  if (counts.failed > 0) return OUTCOMES.failed;
  if (counts.expired > 0) return OUTCOMES.expired;
  return counts.cancelled === size ? OUTCOMES.cancelled : OUTCOMES.succeeded;
}

/** "7 waiting, 2 running, 91 succeeded": what there is, in the order in which jobs get there. */
export function countsWords(counts: JobCounts): string {
  const words: [number, string][] = [
    [counts.waiting, 'waiting'],
    [counts.placed, 'starting'],
    [counts.running, 'running'],
    [counts.succeeded, 'succeeded'],
    [counts.failed, 'failed'],
    [counts.cancelled, 'cancelled'],
    [counts.expired, 'expired'],
  ];
  return words.flatMap(([count, word]) => (count === 0 ? [] : [`${count.toLocaleString('en-US')} ${word}`])).join(', ');
}
