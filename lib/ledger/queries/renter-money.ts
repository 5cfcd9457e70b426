import { firstId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { DAY } from '#lib/base/time.ts';
import type { Reader } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { prepared, texts } from '#lib/io/prepared.ts';
import { FREE_AFTER_DAYS, type Spending, type SpendingFacts, spendingOf } from '../spending-limit.ts';

/** What decides, beside the wallet, how much a renter may set aside. */
export type RenterMoney = {
  readonly spending: Spending;
  /** What banks took back of payments after it was spent, and that was not paid since. */
  readonly uncoveredMicros: Micros;
  /** Of what is free, kept for a booking that they look at: what the market begins by itself leaves it alone. */
  readonly keptMicros: Micros;
};

type Paid = {
  readonly id: string;
  readonly createdAt: Date;
  readonly uncovered: bigint;
  readonly kept: bigint;
  readonly flagged: boolean;
  readonly payments: readonly { readonly micros: string; readonly settledAt: string }[];
  /** Of a young account only. */
  readonly taken: { readonly held: string; readonly used: string } | null;
};

/** What is set aside of an account and what was used of it since the movement $since, as columns. */
const takenOf = (account: string, since: string) => `${account}.balance_micros AS held,
     (SELECT coalesce(sum(t.amount_micros), 0)::bigint FROM transfers t
      WHERE t.debit_account_id = ${account}.id AND t.kind IN ('capture', 'fee', 'cancellation', 'cancellationFee') AND t.id >= (SELECT ${since}::text)) AS used`;

// The sandbox's money is not real: it shows nothing of whoever pays. What a card's bank took back, or wants back, shows nothing
// either, nor does what went back to the card: else whoever pays and takes it back has paid nothing and may spend more.
// Young accounts have a limit, so what they use is asked in the same look.
type Looking = [renterIds: readonly string[], now: Date, youngSince: Date, since: string];
const PAID = prepared<Paid, Looking>(
  'what renters paid',
  `SELECT u.id, u.created_at AS "createdAt",
     EXISTS (SELECT FROM account_flags f WHERE f.user_id = u.id AND f.state = 'open') AS flagged,
     (SELECT coalesce(sum(c.uncovered_micros), 0)::bigint FROM chargebacks c WHERE c.user_id = u.id) AS uncovered,
     (SELECT coalesce(sum(q.kept_micros), 0)::bigint FROM quotes q
      WHERE q.renter_id = u.id AND q.kept_micros > 0 AND q.expires_at > (SELECT $2::timestamptz)) AS kept,
     (SELECT coalesce(json_agg(json_build_object('settledAt', t.settled_at, 'micros', (t.amount_micros - (
        SELECT coalesce(sum(r.amount_micros), 0) FROM card_refunds r WHERE r.top_up_id = t.id AND r.state <> 'failed'))::text)), '[]')
      FROM top_ups t
      WHERE t.user_id = u.id AND t.state = 'settled' AND t.provider <> 'sandbox' AND t.settled_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM chargebacks c WHERE c.top_up_id = t.id AND c.state <> 'won')) AS payments,
     CASE WHEN u.created_at > $3 THEN (SELECT json_build_object('held', x.held::text, 'used', x.used::text)
       FROM (SELECT ${takenOf('a', '$4')} FROM accounts a WHERE a.kind = 'renterHolds' AND a.owner_id = u.id) x) END AS taken
   FROM users u WHERE u.id = ANY${texts('$1')}`,
);

type Taken = { readonly held: bigint; readonly used: bigint };
const TAKEN = prepared<Taken & { readonly id: string }, [renterIds: readonly string[], since: string]>(
  'what renters use',
  `SELECT a.owner_id AS id, ${takenOf('a', '$2')}
   FROM accounts a WHERE a.kind = 'renterHolds' AND a.owner_id = ANY${texts('$1')}`,
);

/** The money facts of renters, by their ids; those who do not exist are left out. Exact where their wallets are locked. */
export async function renterMoney(
  reader: Reader,
  renterIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, RenterMoney>> {
  const since = firstId('transfer', new Date(now.getTime() - DAY));
  const limited = env().newAccountMicrosPerDay !== null;
  const youngSince = limited ? new Date(now.getTime() - FREE_AFTER_DAYS * DAY) : now;
  const paid = (await PAID(reader, [...new Set(renterIds)], now, youngSince, since)).map((row) => ({
    ...row,
    facts: factsOf(row),
  }));
  const taken = new Map<string, Taken>();
  for (const row of paid) {
    if (row.taken !== null) taken.set(row.id, { held: BigInt(row.taken.held), used: BigInt(row.taken.used) });
  }
  // Whoever has no limit is not counted: their movements may be many.
  const others = paid.filter(({ id, facts }) => !taken.has(id) && spendingOf(facts, now).mostMicros !== null);
  if (others.length > 0) {
    for (const row of await TAKEN(
      reader,
      others.map(({ id }) => id),
      since,
    ))
      taken.set(row.id, row);
  }
  return new Map(
    paid.map(({ id, uncovered, kept, facts }) => {
      const row = taken.get(id);
      const spending = spendingOf({ ...facts, heldMicros: row?.held ?? 0n, usedMicros: row?.used ?? 0n }, now);
      return [id, { spending, uncoveredMicros: uncovered, keptMicros: kept }];
    }),
  );
}

function factsOf({ createdAt, payments, flagged }: Paid): SpendingFacts {
  return {
    newAccountMicros: env().newAccountMicrosPerDay,
    accountCreatedAt: createdAt,
    flagged,
    payments: payments.map(({ micros, settledAt }) => ({ micros: BigInt(micros), settledAt: new Date(settledAt) })),
    heldMicros: 0n,
    usedMicros: 0n,
  };
}
