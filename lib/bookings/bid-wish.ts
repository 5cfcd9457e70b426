import { type Micros, minMicros } from '#lib/base/money.ts';
import { countriesOf } from '#lib/catalogue/continent.ts';
import { TRUST_TIERS, type TrustTier } from '#lib/catalogue/machine.ts';
import type { HoldFacts } from './hold.ts';
import { diskReserve, ON_DEMAND_SECONDS, runningCost, type Terms } from './terms.ts';

/** Where a bid's machine may stand and what must have been checked of it at least; no region is anywhere. */
export type GroundWish = { readonly regions: readonly string[]; readonly leastTrust: TrustTier };

/** Where a machine stands, and what was checked of it. */
export type Ground = { readonly country: string | null; readonly trust: TrustTier };

/** Whether a machine stands where a bid wants it, and is trusted as much. */
export function suits(wish: GroundWish, ground: Ground): boolean {
  const countries = countriesOf(wish.regions);
  if (countries !== null && (ground.country === null || !countries.includes(ground.country))) return false;
  return TRUST_TIERS.indexOf(ground.trust) >= TRUST_TIERS.indexOf(wish.leastTrust);
}

/** What the rentals of a bid came to: charged less what came back, and what is held for those that are over and may be charged yet. */
export type RentalSums = {
  readonly bookingId: string;
  readonly chargedMicros: Micros;
  readonly refundedMicros: Micros;
  readonly heldMicros: Micros;
};

/** What a bid has cost, less what came back. */
export function spentOf(rentals: readonly RentalSums[]): Micros {
  return rentals.reduce((sum, { chargedMicros, refundedMicros }) => sum + chargedMicros - refundedMicros, 0n);
}

/**
 * The cap of one rental of a bid: what the bid's own cap leaves beside its other rentals. What came back of this rental may be
 * spent again: a rental is charged by its bid, and what that is above the price comes back.
 */
export function capOfRental(capMicros: Micros | null, rentals: readonly RentalSums[], bookingId: string | null) {
  if (capMicros === null) return null;
  const others = rentals.filter((rental) => rental.bookingId !== bookingId);
  const own = rentals.find((rental) => rental.bookingId === bookingId);
  const pending = others.reduce((sum, { heldMicros }) => sum + heldMicros, 0n);
  return capMicros - spentOf(others) - pending + (own?.refundedMicros ?? 0n);
}

/** What a rental with a cap sets aside when it begins: the cap, or less where that is more than it can cost. */
export function cappedHold(
  terms: Terms,
  facts: Pick<HoldFacts, 'chargedMicros'> & { readonly capMicros: Micros },
): Micros {
  return minMicros(facts.capMicros - facts.chargedMicros, runningCost(terms, ON_DEMAND_SECONDS) + diskReserve(terms));
}

/** What encrypted variables are bound to: those of one bid do not open as another's. */
export function variablesContext(bidId: string): string {
  return `sublet/bid-environment/v1|${bidId}`;
}
