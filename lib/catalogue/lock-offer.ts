import type { Tx } from '#lib/io/db.ts';
import { prepared, texts } from '#lib/io/prepared.ts';
import { type StandingOffer, standingOffers } from './queries/standing-offer.ts';

// Machines before listings, everywhere, each in the order of their ids: whoever locks both does it in this order.
const lockWith = (lock: string) => `
  WITH machine AS MATERIALIZED (
    SELECT id FROM machines WHERE id = ANY(ARRAY(SELECT machine_id FROM listings WHERE id = ANY${texts('$1')})) ORDER BY id ${lock}
  )
  SELECT id FROM listings WHERE id = ANY${texts('$1')} AND machine_id = ANY(ARRAY(SELECT id FROM machine)) ORDER BY id ${lock}`;
type Locking = [listingIds: readonly string[]];
const LOCK = prepared<{ id: string }, Locking>('lock offers', lockWith('FOR NO KEY UPDATE'));
const LOCK_FREE = prepared<{ id: string }, Locking>('lock free offers', lockWith('FOR NO KEY UPDATE SKIP LOCKED'));

/**
 * Step: locks machine and listing until the transaction ends and says how the offer stands. Undefined when there is no such listing.
 * The exclusion constraint on allocations is still the last witness: a GPU that is free here cannot be booked twice.
 */
export async function lockOffer(tx: Tx, listingId: string, now: Date): Promise<StandingOffer | undefined> {
  return (await lockOffers(tx, [listingId], now))[0];
}

/**
 * Step: the same for many at once, in the order of their ids; listings that do not exist are left out, and without `wait`
 * those too that somebody else has locked, or whose machine is.
 */
export async function lockOffers(
  tx: Tx,
  listingIds: readonly string[],
  now: Date,
  { wait }: { readonly wait: boolean } = { wait: true },
): Promise<StandingOffer[]> {
  return standingOffers(tx, await lockListings(tx, listingIds, { wait }), now);
}

/** Step: locks as `lockOffers` does, for whoever reads the clock only once they have the lock. Answers what is locked. */
export async function lockListings(
  tx: Tx,
  listingIds: readonly string[],
  { wait }: { readonly wait: boolean },
): Promise<string[]> {
  const locked = await (wait ? LOCK : LOCK_FREE)(tx, listingIds);
  return locked.map(({ id }) => id);
}
