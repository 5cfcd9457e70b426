import type { Tx } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { leasePermit } from '#protocol/lease.ts';
import type { LockedBooking } from './lock-booking.ts';
import { type Revision, revisedPermit } from './permit.ts';
import { keysOfRenter, letIn, terminalKeysOf } from './queries/renter-keys.ts';

/**
 * Step: signs the next revision of a lease with what changed and the renter's keys of now, and wakes the machine. The
 * booking is locked. Answers the new revision.
 */
export async function reviseLease(tx: Tx, booking: LockedBooking, change: Revision, now: Date): Promise<number> {
  const present = leasePermit.parse(JSON.parse(booking.lease.permit));
  const keys = await keysOfRenter(tx, booking.renterId);
  const terminalKeys = await terminalKeysOf(tx, booking.id, now);
  const authorizedKeys = letIn(change.authorizedKeys ?? keys.authorizedKeys, terminalKeys);
  const clientKeys = change.clientKeys ?? keys.clientKeys;
  const permit = revisedPermit(present, { ...change, authorizedKeys, clientKeys }, now);
  const signed = leaseKey().sign(JSON.stringify(permit));
  await tx.lease.update({
    where: { id: booking.lease.id },
    data: {
      revision: permit.revision,
      permit: signed.payload,
      signature: signed.signature,
      ceilingMicros: BigInt(permit.ceilingMicros),
    },
  });
  await wakeMachine(tx, booking.machineId);
  return permit.revision;
}

/** Step: what a machine should do has changed: its held sync is answered when the transaction commits and its event is told. */
export async function wakeMachine(tx: Tx, machineId: string): Promise<void> {
  await tx.machine.update({ where: { id: machineId }, data: { generation: { increment: 1 } }, select: { id: true } });
}
