import type { Micros } from '#lib/base/money.ts';
import { reasonSentence } from '#lib/bookings/booking.ts';
import type { AttemptOutcome } from './attempt.ts';
import { JOB_REASONS, type JobCounts, type JobDesired, type JobObserved, type JobOutcome } from './job.ts';
import type { Requirements } from './requirements.ts';
import type { WaitReport } from './wait-report.ts';

/** What can be done with jobs now; the button asks the same predicate as its command. */
export type JobAction = 'cancel';

/** What running jobs use together. */
export type JobUsage = {
  readonly gpuUtilisationPercent: number | null;
  readonly gpuMemoryUsedBytes: number | null;
  readonly gpuMemoryBytes: number | null;
};

/** What was submitted at once, in a list. Amounts in micro-dollars. */
export type ArrayRow = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly size: number;
  readonly machines: number;
  readonly gpuCount: number;
  readonly counts: JobCounts;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly chargedMicros: Micros;
  readonly heldMicros: Micros;
  /** What those that run cost an hour now. */
  readonly microsPerHour: Micros;
  /** Of those that run, in the last minute: a mean over their GPUs, and the memory of all together; null when none says. */
  readonly usage: JobUsage | null;
  /** Why those that wait do so; null when none does. */
  readonly waiting: {
    readonly sentence: string;
    readonly report: WaitReport | null;
    readonly since: Date | null;
  } | null;
  readonly actions: readonly JobAction[];
};

/** The same with all that was submitted. */
export type ArrayView = ArrayRow & {
  readonly command: readonly string[];
  readonly hasEnvironment: boolean;
  readonly needs: Requirements;
  readonly runSeconds: number;
  readonly deadline: Date | null;
  readonly retries: number;
  readonly capMicros: Micros | null;
  readonly artifactsPath: string | null;
  readonly checkpointPath: string | null;
  /** Jobs that stand before its first one that waits: of renters who hold less, or who asked earlier. Null when none of it waits. */
  readonly ahead: number | null;
};

/** One job of an array, in a list. */
export type JobRow = {
  readonly id: string;
  readonly arrayId: string;
  readonly index: number;
  readonly desired: JobDesired;
  readonly observed: JobObserved;
  readonly outcome: JobOutcome | null;
  readonly reason: string | null;
  readonly sentence: string | null;
  readonly exitCode: number | null;
  readonly attempts: number;
  readonly askedAt: Date;
  readonly observedAt: Date;
  readonly endedAt: Date | null;
  readonly notBefore: Date | null;
  readonly chargedMicros: Micros;
  readonly actions: readonly JobAction[];
};

export type AttemptView = {
  readonly number: number;
  readonly placedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly outcome: AttemptOutcome | null;
  readonly sentence: string | null;
  readonly reasonDetail: string | null;
  readonly exitCode: number | null;
  readonly bookings: readonly {
    readonly rank: number;
    readonly bookingId: string;
    readonly machineName: string;
    readonly simulated: boolean;
    readonly gpuModel: string;
    readonly gpuCount: number;
    readonly chargedMicros: Micros;
    /** Until when its disk is kept; null when it is gone, or never was. */
    readonly diskUntil: Date | null;
  }[];
};

/** One job with its attempts, oldest first. */
export type JobView = JobRow & { readonly reasonDetail: string | null; readonly tries: readonly AttemptView[] };

/** A reason of a job or of one of its bookings, as a sentence. */
export function jobSentence(reason: string | null): string | null {
  // Of a rental that a job's command ended; by itself it says nothing of what is wrong with that.
  if (reason === 'exited') return 'Its command did not end with exit code 0.';
  if (reason !== null && Object.hasOwn(JOB_REASONS, reason)) return JOB_REASONS[reason as keyof typeof JOB_REASONS];
  return reasonSentence(reason);
}
