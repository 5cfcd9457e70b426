import type { Tx } from '#lib/io/db.ts';
import { jsonRows, prepared } from '#lib/io/prepared.ts';
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
 * One statement a transaction: NOTIFY takes a lock that the whole database shares.
 */
export async function recordEvent(
  tx: Tx,
  actor: { readonly userId: string | null },
  event: NewEvent,
  now: Date,
): Promise<bigint> {
  const [id] = await recordEvents(tx, [{ ...event, actorId: actor.userId }], now);
  if (id === undefined) throw new Error('an event was not recorded');
  return id;
}

// The listeners' words (lib/io/live.ts): ids only.
const RECORD = prepared<{ id: bigint }, [events: string, now: Date]>(
  'record events',
  `WITH recorded AS (
     INSERT INTO events (kind, actor_id, user_id, booking_id, machine_id, listing_id, reason, data, created_at)
     SELECT kind, "actorId", "userId", "bookingId", "machineId", "listingId", reason, coalesce(data, '{}'), $2::timestamptz
     FROM json_to_recordset($1::json) AS e (kind text, "actorId" text, "userId" text, "bookingId" text, "machineId" text, "listingId" text, reason text, data jsonb)
     RETURNING id, user_id, booking_id, machine_id, listing_id
   ), queued AS (INSERT INTO unnoticed_events (event_id) SELECT id FROM recorded)
   SELECT id, pg_notify('sublet', json_strip_nulls(json_build_object(
     'event', id::text, 'user', user_id, 'booking', booking_id, 'machine', machine_id, 'listing', listing_id))::text)
   FROM recorded`,
);

/** Step: the same for many events, each of an actor (null: the market itself), in one statement. Answers their ids in the same order. */
export async function recordEvents(
  tx: Tx,
  events: readonly (NewEvent & { readonly actorId: string | null })[],
  now: Date,
): Promise<bigint[]> {
  if (events.length === 0) return [];
  return (await RECORD(tx, jsonRows(events), now)).map(({ id }) => id);
}
