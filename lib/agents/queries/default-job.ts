import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import type { DefaultJob, DefaultJobState } from '#protocol/default-job.ts';
import { DOMAINS, PROTOCOL_VERSION, type Signed } from '#protocol/words.ts';

/** What each of these machines is to run for its host, in their order, signed for its agent; null: nothing. */
export async function desiredDefaultJobs(machineIds: readonly string[]): Promise<(Signed | null)[]> {
  const rows = await db.defaultJob.findMany({
    where: { machineId: { in: [...new Set(machineIds)] }, image: { not: null } },
    select: { machineId: true, image: true, command: true, revision: true },
  });
  const byMachine = new Map(rows.map((row) => [row.machineId, row]));
  return machineIds.map((machineId) => {
    const row = byMachine.get(machineId);
    if (row === undefined || row.image === null) return null;
    const job: DefaultJob = {
      v: PROTOCOL_VERSION,
      machineId,
      revision: row.revision,
      image: row.image,
      command: row.command as string[] | null,
    };
    return leaseKey().signAs(DOMAINS.defaultJob, JSON.stringify(job));
  });
}

/** What a machine runs for its host, and how that is. */
export type DefaultJobRow = {
  readonly image: string;
  readonly command: readonly string[] | null;
  readonly setAt: Date;
  /** As its agent said last of this job; null: it has not heard of it yet. */
  readonly state: DefaultJobState | null;
  readonly detail: string | null;
  readonly observedAt: Date | null;
};

/** The default job of the viewer's own machine; null when it has none. What is not theirs is not found. */
export async function defaultJobOf(actor: Actor, machineId: string): Promise<DefaultJobRow | null> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: { defaultJob: true },
  });
  if (machine === null) throw new Refusal('notFound');
  const { defaultJob } = machine;
  if (defaultJob === null || defaultJob.image === null) return null;
  const { image, command, setAt, state, detail, observedAt } = defaultJob;
  return {
    image,
    command: command as string[] | null,
    setAt,
    state: state as DefaultJobState | null,
    detail,
    observedAt,
  };
}
