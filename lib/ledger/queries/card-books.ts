import type { Reader } from '#lib/io/db.ts';
import { legsByCause } from './legs.ts';

/**
 * Checks the books against refunds to cards and chargebacks: what each has in transit, apart, with the provider, lost or
 * taken out of its renter's wallet is what its row says. With the checks of payouts and disputes that is all that may lie
 * in transit or apart: what names no cause of these kinds is told, too. A sentence for each thing that is wrong.
 */
export async function cardBooksProblems(reader: Reader): Promise<string[]> {
  const wrongRefunds = await reader.$queryRaw<{ id: string }[]>`
    SELECT coalesce(r.id, m.cause_id) AS id FROM card_refunds r FULL JOIN (
      SELECT cause_id,
        sum(amount) FILTER (WHERE kind = 'inTransit') AS in_transit,
        sum(amount) FILTER (WHERE kind = 'providerClearing') AS cleared,
        sum(amount) FILTER (WHERE kind = 'renterWallet') AS wallet,
        sum(amount) FILTER (WHERE kind = 'promotions') AS given,
        min(owner_id) FILTER (WHERE kind = 'renterWallet') AS user_id
      FROM ${legsByCause('crf_')} GROUP BY cause_id
    ) m ON m.cause_id = r.id
    WHERE r.id IS NULL OR (m.user_id IS DISTINCT FROM r.user_id AND (m.user_id IS NOT NULL OR r.given_micros < r.amount_micros))
      OR coalesce(m.in_transit, 0) <> CASE WHEN r.state = 'asked' THEN r.amount_micros ELSE 0 END
      OR coalesce(m.cleared, 0) <> CASE WHEN r.state IN ('sent', 'settled') THEN r.amount_micros ELSE 0 END
      OR coalesce(m.wallet, 0) <> CASE WHEN r.state = 'failed' THEN 0 ELSE r.given_micros - r.amount_micros END
      OR coalesce(m.given, 0) <> CASE WHEN r.state = 'failed' THEN 0 ELSE -r.given_micros END`;
  const wrongChargebacks = await reader.$queryRaw<{ id: string }[]>`
    SELECT coalesce(c.id, m.cause_id) AS id FROM chargebacks c FULL JOIN (
      SELECT cause_id,
        sum(amount) FILTER (WHERE kind = 'disputed') AS kept,
        sum(amount) FILTER (WHERE kind = 'chargebackLosses') AS lost,
        sum(amount) FILTER (WHERE kind = 'renterWallet') AS wallet,
        sum(amount) FILTER (WHERE kind = 'processingCosts') AS costs
      FROM ${legsByCause('chb_')} GROUP BY cause_id
    ) m ON m.cause_id = c.id
    WHERE c.id IS NULL OR coalesce(m.costs, 0) <> -c.fee_micros OR coalesce(m.lost, 0) <> -c.uncovered_micros
      OR coalesce(m.kept, 0) <> CASE WHEN c.state = 'open' THEN c.amount_micros ELSE 0 END
      OR coalesce(m.wallet, 0) <> CASE WHEN c.state = 'won' THEN 0 ELSE c.uncovered_micros - c.amount_micros END`;
  const nameless = await reader.$queryRaw<{ id: string; kind: string }[]>`
    SELECT t.id, a.kind FROM accounts a CROSS JOIN LATERAL (
      SELECT id, cause_id FROM transfers WHERE credit_account_id = a.id AND kind <> 'fee'
      UNION ALL SELECT id, cause_id FROM transfers WHERE debit_account_id = a.id
    ) t
    WHERE (a.kind = 'inTransit' AND (t.cause_id IS NULL OR t.cause_id !~ '^(pay|crf)_'))
      OR (a.kind = 'disputed' AND (t.cause_id IS NULL OR t.cause_id !~ '^(dsp|chb)_'))`;
  return [
    ...wrongRefunds.map((row) => `Card refund ${row.id} does not fit its transfers.`),
    ...wrongChargebacks.map((row) => `Chargeback ${row.id} does not fit its transfers.`),
    ...nameless.map((row) => `Transfer ${row.id} moves what is ${row.kind} and names no cause that may.`),
  ];
}
