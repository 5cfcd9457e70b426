import type { Tx } from '#lib/io/db.ts';
import { prepared, texts } from '#lib/io/prepared.ts';
import { type StandingOffer, standingOffers } from './queries/standing-offer.ts';

// Machines before listings, everywhere, each in the order of their ids: whoever locks both does it in this order.
const LOCK = prepared<{ id: string }, [listingIds: readonly string[]]>(
  'lock offers',
  `WITH machine AS MATERIALIZED (
     SELECT id FROM machines WHERE id = ANY(ARRAY(SELECT machine_id FROM listings WHERE id = ANY${texts('$1')})) ORDER BY id FOR NO KEY UPDATE
   )
   SELECT id FROM listings WHERE id = ANY${texts('$1')} AND machine_id = ANY(ARRAY(SELECT id FROM machine)) ORDER BY id FOR NO KEY UPDATE`,
);

/**
 * Step: locks machine and listing until the transaction ends and says how the offer stands. Undefined when there is no such listing.
 * The exclusion constraint on allocations is still the last witness: a GPU that is free here cannot be booked twice.
 */
export async function lockOffer(tx: Tx, listingId: string, now: Date): Promise<StandingOffer | undefined> {
  return (await lockOffers(tx, [listingId], now))[0];
}

/** Step: the same for many at once, in the order of their ids; listings that do not exist are left out. */
export async function lockOffers(tx: Tx, listingIds: readonly string[], now: Date): Promise<StandingOffer[]> {
  await LOCK(tx, listingIds);
  return standingOffers(tx, listingIds, now);
}
