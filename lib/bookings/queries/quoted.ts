import type { Actor } from '#lib/base/actor.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { prepared } from '#lib/io/prepared.ts';

/** Where a quote leads to: the listing that is to be locked, and the key to seal for. */
export type QuotedPlace = { readonly listingId: string; readonly machineId: string; readonly sealingKey: string };

const PLACE = prepared<QuotedPlace, [quoteId: string, renterId: string]>(
  'place of a quote',
  `SELECT l.id AS "listingId", m.id AS "machineId", m.sealing_key AS "sealingKey"
   FROM quotes q JOIN listings l ON l.id = q.listing_id JOIN machines m ON m.id = l.machine_id
   WHERE q.id = $1 AND q.renter_id = $2`,
);

/** Undefined when the viewer has no such quote. */
export async function quotedPlace(actor: Actor, quoteId: string): Promise<QuotedPlace | undefined> {
  return (await PLACE(db, quoteId, actor.userId))[0];
}

/** A quote, its renter, and what this renter booked before under the same key. */
export type Quoted = {
  readonly durationSeconds: number | null;
  readonly startsAt: Date | null;
  /** As stored: read them with `readTerms`. */
  readonly terms: unknown;
  readonly expiresAt: Date;
  readonly isUsed: boolean;
  /** Of its renter's wallet, kept for it until it expires. */
  readonly keptMicros: bigint;
  readonly emailConfirmed: boolean;
  readonly hasSshKey: boolean;
  readonly earlier: { readonly bookingId: string; readonly quoteId: string | null } | null;
};

const QUOTED = prepared<Quoted, [quoteId: string, renterId: string, idempotencyKey: string]>(
  'quote and renter',
  `SELECT q.duration_seconds AS "durationSeconds", q.starts_at AS "startsAt", q.terms, q.expires_at AS "expiresAt", q.kept_micros AS "keptMicros",
     EXISTS (SELECT FROM bookings b WHERE b.quote_id = q.id) AS "isUsed", u.email_confirmed_at IS NOT NULL AS "emailConfirmed",
     EXISTS (SELECT FROM ssh_keys k WHERE k.user_id = u.id) AS "hasSshKey",
     (SELECT json_build_object('bookingId', b.id, 'quoteId', b.quote_id) FROM bookings b
      WHERE b.renter_id = u.id AND b.idempotency_key = $3) AS earlier
   FROM quotes q JOIN users u ON u.id = q.renter_id WHERE q.id = $1 AND q.renter_id = $2`,
);

/** Everything about a quote that decides whether it can be booked, in one statement. Undefined when there is no such quote of theirs. */
export async function readQuoted(
  reader: Reader,
  renterId: string,
  wish: { readonly quoteId: string; readonly idempotencyKey: string },
): Promise<Quoted | undefined> {
  return (await QUOTED(reader, wish.quoteId, renterId, wish.idempotencyKey))[0];
}
