import { minMicros } from '#lib/base/money.ts';
import type { Tx } from '#lib/io/db.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { coverDraft } from './chargeback.ts';

/** Step: free money of a renter pays first what banks took back after it was spent, the oldest chargeback first. So the order in which news comes does not matter. */
export async function coverChargebacks(tx: Tx, userId: string, now: Date): Promise<void> {
  const open = await tx.chargeback.findMany({
    where: { userId, uncoveredMicros: { gt: 0n } },
    orderBy: { id: 'asc' },
  });
  if (open.length === 0) return;
  let { freeMicros } = await lockWallet(tx, userId, now);
  for (const row of open) {
    const part = minMicros(freeMicros, row.uncoveredMicros);
    if (part === 0n) return;
    await tx.chargeback.update({ where: { id: row.id }, data: { uncoveredMicros: row.uncoveredMicros - part } });
    await postTransfers(tx, [coverDraft(row, part)], now);
    freeMicros -= part;
  }
}
