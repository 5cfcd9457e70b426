import { db, type Reader } from '#lib/io/db.ts';
import { payoutAccountProblem } from '../payout-account.ts';
import { moneyKindProblem } from './money-kind.ts';
import { theProvider } from './top-ups.ts';

/** Where a host is paid to, and what stands in the way. */
export type PayoutPlace = {
  readonly provider: string;
  readonly providerAccountId: string | null;
  readonly accountProblem: string | null;
  readonly inFlight: boolean;
};

/** Where a host is paid to now; null where the market has no payment provider. The sandbox needs no account. */
export async function payoutPlace(hostId: string, reader: Reader = db): Promise<PayoutPlace | null> {
  const provider = theProvider()?.name ?? null;
  if (provider === null) return null;
  const onItsWay = await reader.payout.count({ where: { hostId, state: { in: ['asked', 'sent'] } } });
  const inFlight = onItsWay > 0;
  const moneyProblem = await moneyKindProblem(reader);
  if (provider === 'sandbox') return { provider, providerAccountId: null, accountProblem: moneyProblem, inFlight };
  const account = await reader.payoutAccount.findUnique({ where: { hostId } });
  const known = account?.provider === provider ? account : null;
  return {
    provider,
    providerAccountId: known?.providerAccountId ?? null,
    accountProblem: moneyProblem ?? payoutAccountProblem(known),
    inFlight,
  };
}
