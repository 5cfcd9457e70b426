import type { StateKind } from '#components/ui/state-badge.tsx';
import type { JobRow } from '#lib/jobs/view.ts';
import { shownJob } from './state.ts';

/** What a row says of a job of an array: words only, which travel once for all rows together. */
export type JobLine = {
  readonly index: number;
  readonly kind: StateKind;
  readonly word: string;
  /** Why it waits, or how it ended. */
  readonly why?: string;
  readonly exitCode: number | null;
  readonly attempts: number;
  /** Micro-dollars, in digits. */
  readonly charged: string;
  /** Since when it is so, as an ISO 8601 instant. */
  readonly since: string;
};

export function jobLine(job: JobRow): JobLine {
  const { kind, word } = shownJob(job);
  return {
    index: job.index,
    kind,
    word,
    ...(job.sentence !== null && { why: job.sentence }),
    exitCode: job.exitCode,
    attempts: job.attempts,
    charged: job.chargedMicros.toString(),
    since: job.observedAt.toISOString(),
  };
}
