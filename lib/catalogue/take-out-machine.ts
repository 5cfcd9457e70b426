import type { Tx } from '#lib/io/db.ts';
import { settleOffer } from './settle-offer.ts';

/**
 * Step: takes a machine out of the market for good: nothing of it is offered, and its GPUs may be enrolled elsewhere. Its
 * history stays. The caller holds the lock on the machine, has asked `whyNotRetire`, and records the event.
 */
export async function takeOutMachine(tx: Tx, machineId: string, now: Date): Promise<void> {
  await tx.machine.update({ where: { id: machineId }, data: { retiredAt: now, generation: { increment: 1 } } });
  await tx.gpu.updateMany({ where: { machineId, removedAt: null }, data: { removedAt: now } });
  await withdrawOffer(tx, machineId, now);
}

/** Step: what is listed of a machine is offered no more. The caller holds the lock on the machine. */
export async function withdrawOffer(tx: Tx, machineId: string, now: Date): Promise<void> {
  await tx.listing.updateMany({
    where: { machineId, state: 'published' },
    data: { state: 'withdrawn', updatedAt: now },
  });
  await settleOffer(tx, machineId, now);
}
