import type { Reader } from '#lib/io/db.ts';
import { legsByCause } from './legs.ts';

/**
 * Checks the books against payouts and reserves: what is in transit, what has left and what is owed is, payout by payout,
 * what its row says, and what is kept back of each host is what their reserves say. A sentence for each thing that is wrong.
 */
export async function payoutBooksProblems(reader: Reader): Promise<string[]> {
  const wrongPayouts = await reader.$queryRaw<{ id: string }[]>`
    SELECT coalesce(p.id, m.cause_id) AS id FROM payouts p FULL JOIN (
      SELECT cause_id,
        sum(amount) FILTER (WHERE kind = 'inTransit') AS in_transit,
        sum(amount) FILTER (WHERE kind = 'providerClearing') AS cleared,
        sum(amount) FILTER (WHERE kind = 'hostPayable') AS owed,
        min(owner_id) FILTER (WHERE kind = 'hostPayable') AS host_id
      FROM ${legsByCause('pay_')} GROUP BY cause_id
    ) m ON m.cause_id = p.id
    WHERE p.id IS NULL OR m.host_id IS DISTINCT FROM p.host_id
      OR coalesce(m.in_transit, 0) <> CASE WHEN p.state = 'asked' THEN p.amount_micros ELSE 0 END
      OR coalesce(m.cleared, 0) <> CASE WHEN p.transfer_id IS NULL THEN 0 ELSE p.amount_micros - p.returned_micros END
      OR coalesce(m.owed, 0) <> CASE WHEN p.state = 'failed' THEN 0 ELSE p.returned_micros - p.amount_micros END`;
  const wrongReserves = await reader.$queryRaw<{ owner: string; balance: bigint; kept: bigint }[]>`
    SELECT coalesce(a.owner_id, r.host_id) AS owner, coalesce(a.balance_micros, 0)::bigint AS balance, coalesce(r.kept, 0)::bigint AS kept
    FROM (SELECT owner_id, balance_micros FROM accounts WHERE kind = 'hostReserve') a
    FULL JOIN (SELECT host_id, sum(amount_micros) AS kept FROM host_reserves WHERE released_at IS NULL GROUP BY host_id) r
      ON r.host_id = a.owner_id
    WHERE coalesce(a.balance_micros, 0) <> coalesce(r.kept, 0)`;
  return [
    ...wrongPayouts.map((row) => `Payout ${row.id} does not fit its transfers.`),
    ...wrongReserves.map((row) => `Kept back of ${row.owner} is ${row.balance}, but their reserves say ${row.kept}.`),
  ];
}
