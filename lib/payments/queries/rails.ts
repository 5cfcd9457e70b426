import { type PayoutRail, SANDBOX_RAIL } from '../payout-rail.ts';

/** The rail of a provider by its name. Throws for one that is not set up: what waits for it waits on. */
export function railOf(provider: string): PayoutRail {
  if (provider === 'sandbox') return SANDBOX_RAIL;
  throw new Error(`the payment provider ${provider} is not set up`);
}
