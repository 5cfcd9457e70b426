import { type Query, query } from '#lib/io/db.ts';

/**
 * What all transfers of causes with this prefix (`pay_`, `crf_`, `chb_`, `dsp_`) did to their accounts, as rows to select
 * from: `cause_id`, `kind` and `owner_id` of the account, and `amount` in micro-dollars, negative where money left.
 */
export function legsByCause(prefix: `${string}_`): Query {
  return query`(
    SELECT t.cause_id, a.kind, a.owner_id, t.amount_micros AS amount FROM transfers t JOIN accounts a ON a.id = t.credit_account_id
    WHERE starts_with(t.cause_id, ${prefix})
    UNION ALL
    SELECT t.cause_id, a.kind, a.owner_id, -t.amount_micros FROM transfers t JOIN accounts a ON a.id = t.debit_account_id
    WHERE starts_with(t.cause_id, ${prefix})
  ) AS legs`;
}
