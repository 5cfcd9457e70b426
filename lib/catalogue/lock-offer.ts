import type { Tx } from '#lib/io/db.ts';
import { type StandingOffer, standingOffer } from './queries/standing-offer.ts';

/**
 * Step: locks machine and listing until the transaction ends and says how the offer stands. Undefined when there is no such listing.
 * The exclusion constraint on allocations is still the last witness: a GPU that is free here cannot be booked twice.
 */
export async function lockOffer(tx: Tx, listingId: string, now: Date): Promise<StandingOffer | undefined> {
  // Machine before listing, everywhere: whoever locks both does it in this order.
  await tx.$executeRaw`SELECT 1 FROM machines WHERE id = (SELECT machine_id FROM listings WHERE id = ${listingId}) FOR UPDATE`;
  await tx.$executeRaw`SELECT 1 FROM listings WHERE id = ${listingId} FOR UPDATE`;
  return standingOffer(tx, listingId, now);
}
