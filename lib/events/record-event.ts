import type { Tx } from '#lib/io/db.ts';
import type { EventKind } from './event.ts';

export type NewEvent = {
  readonly kind: EventKind;
  /** Whom it is about or who should hear of it. */
  readonly userId?: string | undefined;
  readonly bookingId?: string | undefined;
  readonly machineId?: string | undefined;
  readonly listingId?: string | undefined;
  /** Why, in the actor's words. */
  readonly reason?: string | undefined;
  /** Facts for whoever reads it later: no secrets. Amounts as decimal text. */
  readonly data?: { readonly [key: string]: string | number | boolean | null | readonly string[] };
};

/**
 * Step: records what happened in the transaction that made it happen, and tells listeners when that commits.
 * One event a transaction: NOTIFY takes a lock that the whole database shares.
 */
export async function recordEvent(
  tx: Tx,
  actor: { readonly userId: string | null },
  event: NewEvent,
  now: Date,
): Promise<bigint> {
  const row = await tx.event.create({
    data: {
      kind: event.kind,
      actorId: actor.userId,
      userId: event.userId ?? null,
      bookingId: event.bookingId ?? null,
      machineId: event.machineId ?? null,
      listingId: event.listingId ?? null,
      reason: event.reason ?? null,
      data: event.data ?? {},
      createdAt: now,
    },
    select: { id: true },
  });
  const ids = {
    event: row.id.toString(),
    user: event.userId,
    booking: event.bookingId,
    machine: event.machineId,
    listing: event.listingId,
  };
  await tx.$executeRaw`
    WITH queued AS (INSERT INTO unnoticed_events (event_id) VALUES (${row.id}))
    SELECT pg_notify('sublet', ${JSON.stringify(ids)})`;
  return row.id;
}
