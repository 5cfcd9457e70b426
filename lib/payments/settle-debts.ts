import { theWorld, type World } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { coverChargebacks } from './cover-chargebacks.ts';

/** Sweep: money that became free otherwise than by a payment (a hold that was released, a refund) covers chargebacks, too. Answers for how many renters. */
export async function settleDebts(world: World = theWorld): Promise<number> {
  const owing = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT c.user_id AS id FROM chargebacks c
    JOIN accounts a ON a.kind = 'renterWallet' AND a.owner_id = c.user_id AND a.balance_micros > 0
    WHERE c.uncovered_micros > 0`;
  return eachRow('settleDebts', owing, ({ id }) =>
    inTransaction('settle-debts', async (tx) => {
      await lockWallet(tx, id, world.now());
      await coverChargebacks(tx, id, world.now());
      return true;
    }),
  );
}
