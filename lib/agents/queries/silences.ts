import type { Tx } from '#lib/io/db.ts';

/** Whether a machine's host was told that it is silent, since it last answered. */
export async function wasToldSilent(
  reader: Pick<Tx, 'silence'>,
  machineId: string,
  lastSyncAt: Date,
): Promise<boolean> {
  const spans = await reader.silence.count({
    where: { machineId, cause: 'unreachable', startsAt: { gte: lastSyncAt } },
  });
  return spans > 0;
}
