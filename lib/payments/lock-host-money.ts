import type { Tx } from '#lib/io/db.ts';
import { hostPayable, hostReserve } from '#lib/ledger/account.ts';
import { openAccounts } from '#lib/ledger/open-accounts.ts';
import type { HostMoney } from './payout.ts';
import { hostMoney } from './queries/host-money.ts';

/**
 * Step: locks what a host is owed and what is kept back until the transaction ends, and says how much it is. It is also the
 * lock on the host's payouts: two who ask at once wait for each other. Rows are locked in the order of their ids.
 */
export async function lockHostMoney(tx: Tx, hostId: string, now: Date): Promise<HostMoney> {
  const ids = await openAccounts(tx, [hostPayable(hostId), hostReserve(hostId)], now);
  await tx.$queryRaw`SELECT id FROM accounts WHERE id = ANY(${[...ids.values()]}) ORDER BY id FOR NO KEY UPDATE`;
  return hostMoney(hostId, tx);
}
