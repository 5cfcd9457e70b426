import type { Tx } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { MOST_CLIENT_KEYS } from '#protocol/countersignature.ts';
import { leasePermit } from '#protocol/lease.ts';
import type { LockedBooking } from './lock-booking.ts';
import { type Revision, revisedPermit } from './permit.ts';

/**
 * Step: signs the next revision of a lease with what changed and the renter's keys of now, and wakes the machine. The
 * booking is locked. Answers the new revision.
 */
export async function reviseLease(tx: Tx, booking: LockedBooking, change: Revision, now: Date): Promise<number> {
  const present = leasePermit.parse(JSON.parse(booking.lease.permit));
  const authorizedKeys = change.authorizedKeys ?? (await keysOf(tx, booking.renterId));
  const clientKeys = change.clientKeys ?? (await clientKeysOf(tx, booking.renterId));
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

/** Step: the public keys of a renter as lines of authorized_keys. */
export async function keysOf(tx: Tx, renterId: string): Promise<string[]> {
  const keys = await tx.sshKey.findMany({
    where: { userId: renterId },
    orderBy: { id: 'asc' },
    take: 50,
    select: { publicKey: true },
  });
  return keys.map((key) => key.publicKey);
}

/** Step: the keys by which a renter's clients may countersign what is booked, or issued again, now: raw, the newest of them. */
export async function clientKeysOf(tx: Tx, renterId: string): Promise<string[]> {
  const keys = await tx.clientKey.findMany({
    where: { userId: renterId, revokedAt: null },
    orderBy: { id: 'desc' },
    take: MOST_CLIENT_KEYS,
    select: { key: true },
  });
  return keys.map(({ key }) => key);
}

/** Step: what a machine should do has changed: its held sync is answered when the transaction commits and its event is told. */
export async function wakeMachine(tx: Tx, machineId: string): Promise<void> {
  await tx.machine.update({ where: { id: machineId }, data: { generation: { increment: 1 } }, select: { id: true } });
}
