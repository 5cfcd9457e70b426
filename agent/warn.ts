import type { ContainerRuntime } from './act/runtime.ts';
import { type Log, messageOf } from './log.ts';
import { isAttached, type Workload } from './workload.ts';

/**
 * Tells a workload once that it yields and when it is stopped: its program by SIGTERM, open shells by a line. A workload
 * without a program of its renter's only idles for shells, and a signal would end them all, so it gets none. Never rejects.
 */
export async function warnOf(workload: Workload, runtime: ContainerRuntime, log: Log): Promise<void> {
  const { lease } = workload;
  const endsAt = lease.notice?.endsAt ?? null;
  if (endsAt === null || workload.warned === endsAt || !isAttached(workload) || workload.busy !== null) return;
  workload.warned = endsAt;
  const { leaseId } = lease.permit;
  const sentence = `This rental yields to somebody: it is stopped at ${endsAt}. Save what you need: the disk is kept, and it goes on later by itself.`;
  log.info('A rental is told that it yields.', { leaseId, endsAt });
  try {
    await runtime.warn(leaseId, { endsAt: new Date(endsAt), sentence, signal: lease.command !== null });
  } catch (error) {
    log.warn('A rental could not be told that it yields.', { leaseId, error: messageOf(error) });
  }
}
