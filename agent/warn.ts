import { dueEndWarning } from '../protocol/end-warning.ts';
import type { ContainerRuntime, Warning } from './act/runtime.ts';
import { type Log, messageOf } from './log.ts';
import { isAttached, type Workload } from './workload.ts';

/**
 * Tells a workload what is due, each once. That it yields: its program by SIGTERM, open shells by a line. That its window is nearly over, half
 * an hour and five minutes before: a line, and the file. That the end was moved after that: a line, and the file goes.
 * A workload without a program of its renter's only idles for shells, and a signal would end them all, so it gets
 * none. Needs no market. Never rejects.
 */
export async function warnOf(workload: Workload, runtime: ContainerRuntime, log: Log, nowMs: number): Promise<void> {
  if (!isAttached(workload) || workload.busy !== null) return;
  const { leaseId } = workload.lease.permit;
  const due = dueWarning(workload, nowMs);
  if (due === null || due.name === workload.warned) return;
  workload.warned = due.name === '' ? null : due.name;
  log.info('A rental is told of its end.', { leaseId, sentence: due.warning.sentence });
  try {
    await runtime.warn(leaseId, due.warning);
  } catch (error) {
    log.warn('A rental could not be told of its end.', { leaseId, error: messageOf(error) });
  }
}

type Due = { name: string; warning: Warning };

function dueWarning({ lease, warned }: Workload, nowMs: number): Due | null {
  const { permit, notice, command } = lease;
  if (notice !== undefined) {
    const sentence = `This rental yields to somebody: it is stopped at ${notice.endsAt}. Save what you need: the disk is kept, and it goes on later by itself.`;
    return { name: notice.endsAt, warning: { endsAt: new Date(notice.endsAt), sentence, signal: command !== null } };
  }
  const endsAt = new Date(permit.endsAt);
  const seconds = dueEndWarning({ startsAtMs: Date.parse(permit.startsAt), endsAtMs: endsAt.getTime() }, nowMs);
  if (seconds !== null) {
    const minutes = Math.max(1, Math.ceil((endsAt.getTime() - nowMs) / 60_000));
    const sentence = `This rental ends in ${minutes} minute${minutes === 1 ? '' : 's'}, at ${permit.endsAt}. Save what you need, or extend it on its page while the GPU is free.`;
    return { name: `${permit.endsAt} ${seconds}`, warning: { endsAt, sentence, signal: false } };
  }
  if (warned === null || warned.startsWith(permit.endsAt) || nowMs >= endsAt.getTime()) return null;
  return { name: '', warning: { endsAt: null, sentence: `This rental now ends at ${permit.endsAt}.`, signal: false } };
}
