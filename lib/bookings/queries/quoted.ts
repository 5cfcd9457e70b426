import type { Actor } from '#lib/base/actor.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { gather } from '#lib/io/gather.ts';
import { prepared, texts } from '#lib/io/prepared.ts';
import { keyColumns, type RenterKeys } from './renter-keys.ts';

/** Where a quote leads to: the listing that is to be locked, and the key to seal for. */
export type QuotedPlace = { readonly listingId: string; readonly machineId: string; readonly sealingKey: string };

const PLACES = prepared<QuotedPlace & { readonly quoteId: string }, [quoteIds: string[], renterIds: string[]]>(
  'places of quotes',
  `SELECT q.id AS "quoteId", l.id AS "listingId", m.id AS "machineId", m.sealing_key AS "sealingKey"
   FROM unnest(${texts('$1')}, ${texts('$2')}) AS w (quote, renter) JOIN quotes q ON q.id = w.quote AND q.renter_id = w.renter
   JOIN listings l ON l.id = q.listing_id JOIN machines m ON m.id = l.machine_id`,
);

type Whose = { readonly quoteId: string; readonly renterId: string };

// Many who book at once are one question.
const placeOf = gather<Whose, QuotedPlace | undefined>(
  async (asked) => {
    const rows = await PLACES(
      db,
      asked.map(({ quoteId }) => quoteId),
      asked.map(({ renterId }) => renterId),
    );
    const found = new Map(rows.map(({ quoteId, ...place }) => [quoteId, place]));
    return asked.map(({ quoteId }) => found.get(quoteId));
  },
  { waitMs: 0, most: 100, atOnce: 4, keyOf: ({ quoteId }) => quoteId },
);

/** Undefined when the viewer has no such quote. */
export async function quotedPlace(actor: Actor, quoteId: string): Promise<QuotedPlace | undefined> {
  return placeOf({ quoteId, renterId: actor.userId });
}

/** A quote, its renter with their keys, and what this renter booked before under the same key. */
export type Quoted = RenterKeys & {
  readonly quoteId: string;
  readonly renterId: string;
  readonly durationSeconds: number | null;
  readonly startsAt: Date | null;
  /** As stored: read them with `readTerms`. */
  readonly terms: unknown;
  readonly expiresAt: Date;
  readonly isUsed: boolean;
  /** Of its renter's wallet, kept for it until it expires. */
  readonly keptMicros: bigint;
  readonly emailConfirmed: boolean;
  readonly earlier: { readonly bookingId: string; readonly quoteId: string | null } | null;
};

type Asked = { readonly quoteId: string; readonly renterId: string; readonly idempotencyKey: string };

// LIMIT: each is found by its id. Joined for any number, or asked by EXISTS, that is planned as a look at all users, at all
// quotes of a renter, and at all keys of everybody.
const QUOTED = prepared<Quoted, [quoteIds: string[], renterIds: string[], idempotencyKeys: string[]]>(
  'quotes and renters',
  `SELECT q.id AS "quoteId", q.renter_id AS "renterId", q.duration_seconds AS "durationSeconds", q.starts_at AS "startsAt", q.terms, q.expires_at AS "expiresAt",
     q.kept_micros AS "keptMicros",
     (SELECT b.id FROM bookings b WHERE b.quote_id = q.id LIMIT 1) IS NOT NULL AS "isUsed", u.email_confirmed_at IS NOT NULL AS "emailConfirmed",
     ${keyColumns('u.id')},
     (SELECT json_build_object('bookingId', b.id, 'quoteId', b.quote_id) FROM bookings b
      WHERE b.renter_id = u.id AND b.idempotency_key = w.key) AS earlier
   FROM unnest(${texts('$1')}, ${texts('$2')}, ${texts('$3')}) AS w (quote, renter, key)
   CROSS JOIN LATERAL (SELECT * FROM quotes WHERE id = w.quote AND renter_id = w.renter LIMIT 1) q
   CROSS JOIN LATERAL (SELECT id, email_confirmed_at FROM users WHERE id = q.renter_id LIMIT 1) u`,
);

/**
 * Everything about quotes that decides whether they can be booked, by their ids, in one statement. A quote that the renter does not
 * have is left out.
 */
export async function readQuoted(reader: Reader, asked: readonly Asked[]): Promise<ReadonlyMap<string, Quoted>> {
  const column = (pick: (one: Asked) => string) => asked.map(pick);
  const rows = await QUOTED(
    reader,
    column(({ quoteId }) => quoteId),
    column(({ renterId }) => renterId),
    column(({ idempotencyKey }) => idempotencyKey),
  );
  return new Map(rows.map((row) => [row.quoteId, row]));
}
