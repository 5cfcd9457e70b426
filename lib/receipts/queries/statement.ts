import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';

/** A statement as it arrived, with all that somebody needs to check it without us. */
export type SignedStatement = {
  readonly sequence: number;
  /** The exact bytes that were signed, as text. */
  readonly payload: string;
  /** Ed25519 over the payload, base64url. */
  readonly signature: string;
  readonly hash: string;
  /** The key of the machine that signed it: raw Ed25519, base64url. */
  readonly machineKey: string;
  readonly receivedAt: Date;
};

/** One statement of a booking, for its renter, its host or staff; what is not theirs, or not there, is not found. */
export async function statementOf(actor: Actor, bookingId: string, sequence: number): Promise<SignedStatement> {
  const found = await db.statementRecord.findFirst({
    where: {
      sequence,
      lease: {
        bookingId,
        ...(actor.role === 'admin' ? {} : { booking: { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] } }),
      },
    },
    select: {
      sequence: true,
      payload: true,
      signature: true,
      hash: true,
      receivedAt: true,
      lease: { select: { booking: { select: { machine: { select: { signingKey: true } } } } } },
    },
  });
  if (found === null) throw new Refusal('notFound');
  const { lease, ...statement } = found;
  return { ...statement, machineKey: lease.booking.machine.signingKey };
}
