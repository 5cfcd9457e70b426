import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';

/** Step: locks a machine of this host until the transaction ends. What is not theirs is not found. */
export async function lockOwnMachine(tx: Tx, actor: Actor, machineId: string) {
  await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${machineId} AND host_id = ${actor.userId} FOR UPDATE`;
  const machine = await tx.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    include: {
      listing: true,
      gpus: { where: { removedAt: null }, orderBy: { position: 'asc' }, select: { id: true, model: true } },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  return machine;
}

/** Step: locks any machine, for staff. The caller has asked `requireAdmin`. */
export async function lockAnyMachine(tx: Tx, where: { readonly machineId: string } | { readonly listingId: string }) {
  const id =
    'machineId' in where
      ? where.machineId
      : (await tx.listing.findUnique({ where: { id: where.listingId }, select: { machineId: true } }))?.machineId;
  await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${id ?? null} FOR UPDATE`;
  const machine = id === undefined ? null : await tx.machine.findUnique({ where: { id }, include: { listing: true } });
  if (machine === null) throw new Refusal('notFound');
  return machine;
}
