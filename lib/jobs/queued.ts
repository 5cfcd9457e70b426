import { type Micros, minMicros } from '#lib/base/money.ts';
import { LEAST_RUN_SECONDS } from '#lib/bookings/hold.ts';
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
  /** Since when it waits this time, and why its last attempt ended; null before the first. */
  readonly waitsSince: Date;
  readonly reason: string | null;
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

/**
 * The most that a GPU-hour may cost so that what is left of a job's cap pays a minute on all of its machines, in micro-dollars;
 * `needs` with no more than that.
 */
export function needsWithinCap(job: Pick<QueuedJob, 'needs' | 'machines'>, leftMicros: Micros | null): Requirements {
  const { needs, machines } = job;
  if (leftMicros === null) return needs;
  const gpuSeconds = BigInt(machines * needs.gpuCount * LEAST_RUN_SECONDS);
  const most = leftMicros <= 0n ? 0n : (leftMicros * 3_600n) / gpuSeconds;
  const before = needs.maxPriceMicrosPerGpuHour;
  return { ...needs, maxPriceMicrosPerGpuHour: before === null ? most : minMicros(before, most) };
}
