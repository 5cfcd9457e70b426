import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { readCountersignature } from '#protocol/countersignature.ts';
import { verifySigned } from '#protocol/keys.ts';
import { leasePermit } from '#protocol/lease.ts';
import { DOMAINS } from '#protocol/words.ts';
import type { CountersignInput } from './schema.ts';

/**
 * Stores that a client of the renter agrees to a statement, and by the chain to all before it, by a key that the terms or the
 * present permit name. An older or the same one changes nothing. Answers up to which statement is agreed. Refuses with
 * `notFound`, `badInput`, `signatureInvalid`, `conflict` for another statement than is stored, `notNow` for a key that is not
 * named or was revoked.
 */
export async function countersignStatement(
  actor: Actor,
  input: CountersignInput,
  world: World = theWorld,
): Promise<{ sequence: number }> {
  requireActive(actor);
  const now = world.now();
  const { payload, signature, key } = input;
  const record = readCountersignature(payload);
  if (record === null) throw new Refusal('badInput', { payload: 'This is no countersignature.' });
  if (!verifySigned(DOMAINS.countersignature, { payload, signature }, key)) throw new Refusal('signatureInvalid');
  return inTransaction('countersign statement', async (tx) => {
    const lease = await lockLease(tx, actor, input.bookingId);
    if (record.leaseId !== lease.id) throw new Refusal('badInput', { payload: 'It is of another rental.' });
    const permit = await permitThatNames(tx, actor, lease, key);
    const statement = await tx.statementRecord.findUnique({
      where: { leaseId_sequence: { leaseId: lease.id, sequence: record.sequence } },
      select: { hash: true },
    });
    if (statement?.hash !== record.statement)
      throw new Refusal(
        'conflict',
        {},
        'The market has another statement there. Keep yours: it proves that they differ.',
      );
    const before = await tx.countersignature.findUnique({ where: { leaseId: lease.id }, select: { sequence: true } });
    if (before !== null && before.sequence >= record.sequence) return { sequence: before.sequence };
    const { sequence } = record;
    const row = { sequence, key, payload, signature, ...permit, receivedAt: now };
    await tx.countersignature.upsert({
      where: { leaseId: lease.id },
      create: { leaseId: lease.id, ...row },
      update: row,
    });
    if (before === null) {
      const about = { userId: actor.userId, bookingId: input.bookingId, data: { sequence, key } };
      await recordEvent(tx, actor, { kind: 'booking.countersigned', ...about }, now);
    }
    return { sequence };
  });
}

type LeaseFacts = {
  readonly id: string;
  readonly permit: string;
  readonly signature: string;
  readonly client_keys: string[];
};

async function lockLease(tx: Tx, actor: Actor, bookingId: string): Promise<LeaseFacts> {
  const [lease] = await tx.$queryRaw<LeaseFacts[]>`
    SELECT l.id, l.permit, l.signature, b.client_keys FROM leases l JOIN bookings b ON b.id = l.booking_id
    WHERE b.id = ${bookingId} AND b.renter_id = ${actor.userId} FOR NO KEY UPDATE OF l`;
  if (lease === undefined) throw new Refusal('notFound');
  return lease;
}

/** The permit that names a key, unless the frozen terms do. */
async function permitThatNames(
  tx: Tx,
  actor: Actor,
  lease: LeaseFacts,
  key: string,
): Promise<{ permit: string | null; permitSignature: string | null }> {
  const live = await tx.clientKey.findFirst({ where: { key, userId: actor.userId, revokedAt: null } });
  if (live === null)
    throw new Refusal('notNow', {}, 'This client key is not registered (any more). Register a new one.');
  if (lease.client_keys.includes(key)) return { permit: null, permitSignature: null };
  if (!(leasePermit.parse(JSON.parse(lease.permit)).clientKeys ?? []).includes(key))
    throw new Refusal(
      'notNow',
      {},
      'This client key was registered after the rental’s permit was issued. It can countersign when the permit is issued again: when the rental is extended, started, or its money renewed.',
    );
  return { permit: lease.permit, permitSignature: lease.signature };
}
