import type { Actor } from '#lib/base/actor.ts';
import { firstId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { addMonths, type Month, monthOf, monthStart, monthsFrom } from '#lib/base/month.ts';
import { db } from '#lib/io/db.ts';

/** What rentals cost in a month, by when it was charged. */
export type MonthSpent = {
  readonly month: Month;
  readonly spentMicros: Micros;
  /** Given back in that month, of whenever it was charged. */
  readonly refundedMicros: Micros;
};

/** What the viewer spent in each of the last months, the present one included, oldest first; none is left out. */
export async function spendingByMonth(actor: Actor, months: number, now: Date): Promise<MonthSpent[]> {
  const last = monthOf(now);
  const first = addMonths(last, 1 - months);
  const low = firstId('transfer', monthStart(first));
  const rows = await db.$queryRaw<MonthSpent[]>`
    SELECT to_char(moved.month, 'YYYY-MM') AS month, coalesce(sum(amount) FILTER (WHERE spent), 0)::bigint AS "spentMicros",
      coalesce(sum(amount) FILTER (WHERE NOT spent), 0)::bigint AS "refundedMicros"
    FROM (
      SELECT date_trunc('month', t.created_at AT TIME ZONE 'UTC') AS month, true AS spent, t.amount_micros AS amount
      FROM accounts a JOIN transfers t ON t.debit_account_id = a.id
      WHERE a.owner_id = ${actor.userId} AND a.kind = 'renterHolds' AND t.id >= ${low} AND t.kind IN ('capture', 'fee', 'cancellation', 'cancellationFee')
      UNION ALL
      SELECT date_trunc('month', t.created_at AT TIME ZONE 'UTC'), false, t.amount_micros
      FROM accounts a JOIN transfers t ON t.credit_account_id = a.id JOIN accounts of ON of.id = t.debit_account_id
      WHERE a.owner_id = ${actor.userId} AND a.kind = 'renterWallet' AND t.id >= ${low}
        AND t.kind <> 'fee' AND t.booking_id IS NOT NULL AND of.kind IN ('hostPayable', 'hostReserve', 'platformFees', 'disputed')
    ) moved GROUP BY moved.month`;
  const found = new Map(rows.map((row) => [row.month, row]));
  return monthsFrom(first, last).map((month) => found.get(month) ?? { month, spentMicros: 0n, refundedMicros: 0n });
}
