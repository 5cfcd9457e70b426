import type { WhyNot } from '#lib/base/why-not.ts';

/** What the renter wants of a job. */
export const JOB_DESIRED = ['run', 'end'] as const;
export type JobDesired = (typeof JOB_DESIRED)[number];

/** What is seen: in the queue, on its way on machines, at work there, over. */
export const JOB_OBSERVED = ['waiting', 'placed', 'running', 'ended'] as const;
export type JobObserved = (typeof JOB_OBSERVED)[number];

/** How a job came out. */
export const JOB_OUTCOMES = ['succeeded', 'failed', 'cancelled', 'expired'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** Why a job is not, or not yet, what it was submitted for: beside the reasons of its bookings. */
export const JOB_REASONS = {
  cancelled: 'You cancelled it.',
  deadlinePassed: 'Its deadline passed.',
  capUsedUp: 'What was left of its cap did not pay for another attempt.',
  keptBeingLost: 'Machine after machine lost it.',
  neverBegan: 'One machine after another could not begin it.',
  machineSilent: 'Its machine stopped answering.',
} as const;

/** What a renter should know of a job that takes several machines. */
export const GANG_SENTENCE =
  'Its machines share no network: none can dial another. Each finds its number, from 0, in SUBLET_MACHINE_RANK and NODE_RANK, and how many there are in SUBLET_MACHINES and NNODES. They meet where all can dial: a storage bucket, or a rendezvous server of yours.';

export const MOST_JOBS = 10_000;
export const MOST_MACHINES = 64;
export const MOST_RETRIES = 100;
/** A renter's jobs that have not ended: more are refused. */
export const MOST_OPEN_JOBS = 20_000;
export const SHORTEST_RUN_SECONDS = 60;
export const LONGEST_RUN_SECONDS = 30 * 86_400;
/** What a machine may take to pull the image and start, on top of the time that a job may run. */
export const START_SECONDS = 30 * 60;
/** A machine that is silent for so long has lost its job. */
export const LOST_AFTER_SECONDS = 5 * 60;
/** So often machines may lose a job before it is given up. */
export const MOST_LOSSES = 8;
/** So often machines may fail to begin it, though they answer: an image that nobody can pull or start takes no GPU for ever. */
export const MOST_UNBEGUN = 3;
/** Why an attempt is lost through no doing of its image or command. */
export const FAULTS_OF_HOSTS: readonly string[] = ['machineSilent', 'machineLost', 'runtimeStopped', 'hostEnded'];

export type JobFacts = { readonly desired: JobDesired; readonly observed: JobObserved };

/** Why a job cannot be cancelled; null when it can. */
export function whyNotCancel(job: JobFacts): WhyNot | null {
  if (job.observed === 'ended') return { reason: 'notNow', sentence: 'It has ended already.' };
  return job.desired === 'end' ? { reason: 'notNow', sentence: 'It is being cancelled already.' } : null;
}

/** Jobs of an array by what is seen of them, and how they came out. */
export type JobCounts = { readonly [Kind in Exclude<JobObserved, 'ended'> | JobOutcome]: number };

export const NO_JOBS: JobCounts = {
  waiting: 0,
  placed: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  expired: 0,
};

/** Why an array cannot be cancelled; null when something of it can. */
export function whyNotCancelArray(counts: JobCounts): WhyNot | null {
  return counts.waiting + counts.placed + counts.running > 0
    ? null
    : { reason: 'notNow', sentence: 'All of it has ended already.' };
}

/** How long a job rests before its next attempt: ten seconds after the first failure, twice as long each time, five minutes at most. */
export function pauseSeconds(failures: number): number {
  return Math.min(300, 10 * 2 ** Math.max(0, failures - 1));
}
