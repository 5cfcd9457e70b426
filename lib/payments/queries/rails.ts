import { needStripe } from '#lib/io/stripe.ts';
import { stripeRail } from '#lib/io/stripe-rail.ts';
import { type AccountRail, type MovementRail, type PayoutRail, SANDBOX_RAIL } from '../payout-rail.ts';

/** The rail of a provider by its name. Throws for one that is not set up: what waits for it waits on. */
export function railOf(provider: string): PayoutRail {
  return provider === 'sandbox' ? SANDBOX_RAIL : realRail(provider);
}

/** The same for hosts' accounts: the sandbox has none. */
export function accountRailOf(provider: string): AccountRail {
  return realRail(provider);
}

/** The same for what moved our balance: the sandbox has none. */
export function movementRailOf(provider: string): MovementRail {
  return realRail(provider);
}

function realRail(provider: string): PayoutRail & AccountRail & MovementRail {
  if (provider === 'stripe') return stripeRail(needStripe());
  throw new Error(`the payment provider ${provider} is not set up`);
}
