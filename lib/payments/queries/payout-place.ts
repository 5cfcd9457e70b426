import { db, type Reader } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { payoutAccountProblem } from '../payout-account.ts';

/** Where a host is paid to, and what stands in the way. */
export type PayoutPlace = {
  readonly provider: string;
  readonly providerAccountId: string | null;
  readonly accountProblem: string | null;
  readonly inFlight: boolean;
};

/** Who pays hosts in this market: Stripe where it has keys, else the sandbox of a demo, else nobody. */
export function payoutProvider(): 'stripe' | 'sandbox' | null {
  if (env().stripeSecretKey !== undefined) return 'stripe';
  return env().demo ? 'sandbox' : null;
}

/** Where a host is paid to now; null where the market has no payment provider. The sandbox needs no account. */
export async function payoutPlace(hostId: string, reader: Reader = db): Promise<PayoutPlace | null> {
  const provider = payoutProvider();
  if (provider === null) return null;
  const onItsWay = await reader.payout.count({ where: { hostId, state: { in: ['asked', 'sent'] } } });
  const inFlight = onItsWay > 0;
  if (provider === 'sandbox') return { provider, providerAccountId: null, accountProblem: null, inFlight };
  const account = await reader.payoutAccount.findUnique({ where: { hostId } });
  const known = account?.provider === provider ? account : null;
  return {
    provider,
    providerAccountId: known?.providerAccountId ?? null,
    accountProblem: payoutAccountProblem(known),
    inFlight,
  };
}
