import { db, type Reader } from '#lib/io/db.ts';
import type { HostMoney } from '../payout.ts';

/** A host's money as the books say it now. Inside a transaction that decides, lock it first: {@link lockHostMoney}. */
export async function hostMoney(hostId: string, reader: Reader = db): Promise<HostMoney> {
  const [row] = await reader.$queryRaw<Row[]>`
    SELECT coalesce(p.balance_micros, 0)::bigint AS payable, coalesce(r.balance_micros, 0)::bigint AS reserve,
      (SELECT coalesce(sum(amount_micros - returned_micros), 0)::bigint FROM payouts WHERE host_id = ${hostId} AND NOT refused) AS paid,
      (SELECT coalesce(max(earned_micros), 0)::bigint FROM host_reserves WHERE host_id = ${hostId}) AS reserved_up_to,
      (SELECT created_at FROM transfers WHERE credit_account_id = p.id AND kind <> 'fee' ORDER BY id LIMIT 1) AS first_earned_at
    FROM (SELECT 1) one
    LEFT JOIN accounts p ON p.kind = 'hostPayable' AND p.owner_id = ${hostId}
    LEFT JOIN accounts r ON r.kind = 'hostReserve' AND r.owner_id = ${hostId}`;
  if (row === undefined) throw new Error('a query of one row answered none');
  return {
    payableMicros: row.payable,
    reserveMicros: row.reserve,
    earnedMicros: row.payable + row.reserve + row.paid,
    reservedUpToMicros: row.reserved_up_to,
    firstEarnedAt: row.first_earned_at,
  };
}

type Row = {
  payable: bigint;
  reserve: bigint;
  paid: bigint;
  reserved_up_to: bigint;
  first_earned_at: Date | null;
};
