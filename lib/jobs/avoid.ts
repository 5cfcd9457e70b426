import { addSeconds } from '#lib/base/time.ts';
import { whyNever } from '#lib/scheduler/fit.ts';
import type { Machine } from '#lib/scheduler/snapshot.ts';
import type { QueuedJob } from './queued.ts';
import { demandOf } from './requirements.ts';

/** So long a job is not tried again where it was lost, and a renter's jobs are not tried where a machine went silent under one of them. */
export const AVOID_SECONDS = 15 * 60;

/**
 * Hosts on whose machines a job is not tried now. Where nobody else has machines for it, a host whose machine was only silent is
 * tried again: there is nowhere else to go.
 */
export function avoidedNow(
  job: QueuedJob,
  wentSilent: readonly string[],
  machines: readonly Machine[],
  now: Date,
): readonly string[] {
  const own = now < addSeconds(job.waitsSince, AVOID_SECONDS) ? job.avoidedHostIds : [];
  const avoided = [...new Set([...own, ...wentSilent])].sort();
  if (avoided.length === 0 || job.reason === 'hostEnded') return avoided;
  const demand = demandOf(job.needs, { untilMs: 0, blockedHostIds: [...avoided, job.renterId] });
  const others = machines.filter((machine) => whyNever(machine, demand) === null);
  return others.length < job.machines ? [] : avoided;
}
