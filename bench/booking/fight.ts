import { randomUUID } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { db } from '#lib/io/db.ts';
import { beat, GPUS_A_MACHINE, type Listing, MICROS_EACH, makeMachines } from './market.ts';

const GPUS = 200;
const KEPT_MS = 2_000;

export type Fought = {
  readonly clients: number;
  readonly gpus: number;
  readonly seconds: number;
  readonly booked: number;
  readonly lost: number;
  readonly ended: number;
  /** Pairs of allocations of one GPU whose windows overlap, by SQL, over everything that was ever booked. */
  readonly overlaps: number;
  readonly wronglyCharged: number;
};

/**
 * Each renter quotes and books a GPU of any of 25 machines, again and again, gives back what it has for two seconds, and books
 * again: so that more want GPUs than there are. Throws when anything but a refusal went wrong, or when what the
 * winners were told is not what the database has.
 */
export async function fight(renters: readonly Actor[], seconds: number): Promise<Fought> {
  const listings = await makeMachines(GPUS / GPUS_A_MACHINE);
  const until = performance.now() + seconds * 1_000;
  const won = new Map<string, string>();
  let lost = 0;
  let ended = 0;
  const beats = setInterval(() => void beat(new Date()), 5_000);
  try {
    await Promise.all(
      renters.map(async (renter, at) => {
        const mine: { readonly id: string; readonly since: number }[] = [];
        for (let turn = at; performance.now() < until; turn += 1) {
          const bookingId = await tryToBook(renter, listings, turn);
          if (bookingId === undefined) lost += 1;
          else {
            won.set(bookingId, renter.userId);
            mine.push({ id: bookingId, since: performance.now() });
          }
          const [oldest] = mine;
          if (oldest !== undefined && performance.now() - oldest.since > KEPT_MS) {
            await endBooking(renter, { bookingId: oldest.id });
            mine.shift();
            ended += 1;
          }
        }
      }),
    );
  } finally {
    clearInterval(beats);
  }
  return {
    clients: renters.length,
    gpus: GPUS,
    seconds,
    booked: won.size,
    lost,
    ended,
    overlaps: await countOverlaps(),
    wronglyCharged: await countWronglyCharged(renters, won),
  };
}

/** The booking, or undefined for whoever came too late. */
async function tryToBook(renter: Actor, listings: readonly Listing[], turn: number): Promise<string | undefined> {
  const listing = listings[(turn * 7) % listings.length];
  if (listing === undefined) throw new RangeError('nothing to book');
  const asked = { listingId: listing.id, gpuCount: 1, diskBytes: 2n ** 30n, durationSeconds: null };
  const quote = await requestQuote(renter, asked);
  try {
    const { bookingId } = await bookListing(renter, {
      quoteId: quote.id,
      image: 'sublet/busybox:latest',
      command: null,
      environment: {},
      capMicros: null,
      idempotencyKey: randomUUID(),
    });
    return bookingId;
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'gpuTaken') return undefined;
    throw error;
  }
}

async function countOverlaps(): Promise<number> {
  const [row] = await db.$queryRaw<{ pairs: number }[]>`
    SELECT count(*)::int AS pairs FROM allocations a JOIN allocations b ON a.gpu_id = b.gpu_id AND a.id < b.id
      AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)`;
  return row?.pairs ?? Number.NaN;
}

/**
 * Renters for whom something is wrong: money set aside for, or an allocation or a lease of, a booking that they were not told
 * they have; a booking they were told of that is not there; or a wallet that lacks more than what their leases hold (none of
 * these rentals ran, so none costs anything).
 */
async function countWronglyCharged(renters: readonly Actor[], won: ReadonlyMap<string, string>): Promise<number> {
  const [row] = await db.$queryRaw<{ renters: number }[]>`
    WITH told AS (SELECT * FROM unnest(${[...won.keys()]}::text[], ${[...won.values()]}::text[]) AS t (booking_id, renter_id)),
    fighters AS (SELECT unnest(${renters.map(({ userId }) => userId)}::text[]) AS id),
    moved AS (
      SELECT a.owner_id AS renter_id, t.booking_id, t.kind, t.amount_micros FROM transfers t
      JOIN accounts a ON a.id = t.debit_account_id AND a.kind IN ('renterWallet', 'renterHolds') JOIN fighters f ON f.id = a.owner_id
    )
    SELECT count(*)::int AS renters FROM fighters f WHERE
      EXISTS (SELECT FROM moved m WHERE m.renter_id = f.id AND m.kind NOT IN ('hold', 'release'))
      OR EXISTS (SELECT FROM moved m WHERE m.renter_id = f.id AND NOT EXISTS (
        SELECT FROM told t WHERE t.booking_id = m.booking_id AND t.renter_id = f.id))
      OR EXISTS (SELECT FROM bookings b WHERE b.renter_id = f.id AND b.id NOT IN (SELECT booking_id FROM told))
      OR EXISTS (SELECT FROM told t WHERE t.renter_id = f.id AND NOT EXISTS (
        SELECT FROM bookings b JOIN leases l ON l.booking_id = b.id JOIN allocations a ON a.booking_id = b.id
        WHERE b.id = t.booking_id AND b.renter_id = f.id))
      OR coalesce((SELECT sum(l.held_micros) FROM leases l JOIN bookings b ON b.id = l.booking_id WHERE b.renter_id = f.id), 0)
        <> ${MICROS_EACH} - (SELECT balance_micros FROM accounts WHERE kind = 'renterWallet' AND owner_id = f.id)`;
  return row?.renters ?? Number.NaN;
}
