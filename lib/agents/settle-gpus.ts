import { newId } from '#lib/base/id.ts';
import { gpuModel } from '#lib/catalogue/gpu.ts';
import type { Tx } from '#lib/io/db.ts';
import type { Specification } from '#protocol/specification.ts';
import { distinctGpus } from './description.ts';

/**
 * Step: makes the GPUs of a machine those that it reports. One that vanished is marked removed and keeps its history; one
 * that comes back is the same GPU again. Returns the UUIDs that another machine has: those are left out.
 * The caller holds the lock on the machine.
 */
export async function settleGpus(
  tx: Tx,
  machineId: string,
  specification: Pick<Specification, 'gpus'>,
  now: Date,
): Promise<string[]> {
  const reported = distinctGpus(specification);
  const uuids = reported.map((gpu) => gpu.uuid);
  const foreign = await tx.gpu.findMany({
    where: { uuid: { in: uuids }, removedAt: null, machineId: { not: machineId } },
    select: { uuid: true },
  });
  const taken = new Set(foreign.map((gpu) => gpu.uuid));
  await tx.gpu.updateMany({ where: { machineId, removedAt: null, uuid: { notIn: uuids } }, data: { removedAt: now } });
  const own = new Map((await tx.gpu.findMany({ where: { machineId } })).map((gpu) => [gpu.uuid, gpu]));
  for (const [position, gpu] of reported.entries()) {
    if (taken.has(gpu.uuid)) continue;
    const facts = { position, model: gpuModel(gpu.model), vramBytes: BigInt(gpu.vramBytes), removedAt: null };
    const before = own.get(gpu.uuid);
    if (before === undefined) {
      await tx.gpu.create({ data: { id: newId('gpu', now), machineId, uuid: gpu.uuid, ...facts } });
    } else if (
      before.removedAt !== null ||
      before.position !== position ||
      before.model !== facts.model ||
      before.vramBytes !== facts.vramBytes
    ) {
      await tx.gpu.update({ where: { id: before.id }, data: facts });
    }
  }
  return [...taken];
}
