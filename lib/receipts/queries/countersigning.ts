import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { leasePermit } from '#protocol/lease.ts';
import type { Signed } from '#protocol/words.ts';

/** What a renter's client needs to countersign: the statements that it has not checked yet, and who must have signed them. */
export type Countersigning = {
  /** Whose keys: what a client proves its key for. */
  readonly account: string;
  readonly leaseId: string;
  readonly machineId: string;
  /** The key that the machine signs by: raw Ed25519, base64url. */
  readonly machineKey: string;
  /** The client keys that the terms or the present permit name. */
  readonly clientKeys: readonly string[];
  /** The newest statement; -1 before the first. */
  readonly latest: number;
  /** Up to which statement is countersigned. */
  readonly countersigned: { readonly sequence: number; readonly key: string; readonly receivedAt: Date } | null;
  /** Those after the one that was named, in order, at most {@link STATEMENTS_AT_ONCE}. */
  readonly statements: readonly Signed[];
};

export const STATEMENTS_AT_ONCE = 500;

/** What there is to countersign of a booking after a statement (-1 for all). For its renter; what is not theirs is not found. */
export async function countersigningOf(actor: Actor, bookingId: string, after: number): Promise<Countersigning> {
  const booking = await db.booking.findFirst({
    where: { id: bookingId, renterId: actor.userId },
    select: {
      clientKeys: true,
      machineId: true,
      machine: { select: { signingKey: true } },
      lease: {
        select: {
          id: true,
          permit: true,
          statementSequence: true,
          countersignature: { select: { sequence: true, key: true, receivedAt: true } },
        },
      },
    },
  });
  if (booking === null || booking.lease === null) throw new Refusal('notFound');
  const { lease } = booking;
  const named = leasePermit.parse(JSON.parse(lease.permit)).clientKeys ?? [];
  const statements = await db.statementRecord.findMany({
    where: { leaseId: lease.id, sequence: { gt: after } },
    orderBy: { sequence: 'asc' },
    take: STATEMENTS_AT_ONCE,
    select: { payload: true, signature: true },
  });
  return {
    account: actor.userId,
    leaseId: lease.id,
    machineId: booking.machineId,
    machineKey: booking.machine.signingKey,
    clientKeys: [...new Set([...booking.clientKeys, ...named])],
    latest: lease.statementSequence,
    countersigned: lease.countersignature,
    statements,
  };
}
