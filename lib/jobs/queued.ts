import type { Demand, Request } from '#lib/scheduler/snapshot.ts';
import { SHORTEST_RUN_SECONDS, START_SECONDS } from './job.ts';
import { demandOf, type Requirements } from './requirements.ts';

/** A job that waits, with what its array says of it. */
export type QueuedJob = {
  readonly id: string;
  readonly arrayId: string;
  readonly renterId: string;
  readonly index: number;
  readonly size: number;
  readonly attempts: number;
  readonly askedAt: Date;
  readonly avoidedHostIds: readonly string[];
  readonly machines: number;
  readonly runSeconds: number;
  readonly deadline: Date | null;
  readonly capMicros: bigint | null;
  readonly needs: Requirements;
};

/** When a job that begins then gives its GPUs back at the latest: after its start and its time, or at its deadline. */
export function windowEnd(job: Pick<QueuedJob, 'runSeconds' | 'deadline'>, now: Date): Date {
  const end = now.getTime() + (START_SECONDS + job.runSeconds) * 1_000;
  return new Date(Math.min(end, job.deadline?.getTime() ?? end));
}

/** Whether a job that begins then has a minute before its deadline at least. */
export function mayBegin(job: Pick<QueuedJob, 'runSeconds' | 'deadline'>, at: Date): boolean {
  return windowEnd(job, at).getTime() - at.getTime() >= SHORTEST_RUN_SECONDS * 1_000;
}

/** What a job needs of each machine now. `blockedHostIds`: hosts that do not rent to its renter. */
export function demandNow(job: QueuedJob, blockedHostIds: readonly string[], now: Date): Demand {
  // Nobody rents from oneself; where machines of a host lost it, it is not tried again.
  const blocked = new Set([...blockedHostIds, ...job.avoidedHostIds, job.renterId]);
  return demandOf(job.needs, { untilMs: windowEnd(job, now).getTime(), blockedHostIds: [...blocked] });
}

/** A waiting job in the scheduler's words. */
export function requestFrom(job: QueuedJob, blockedHostIds: readonly string[], now: Date): Request {
  return {
    id: job.id,
    renterId: job.renterId,
    demand: demandNow(job, blockedHostIds, now),
    machines: job.machines,
    askedAtMs: job.askedAt.getTime(),
  };
}
