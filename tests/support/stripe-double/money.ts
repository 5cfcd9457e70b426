import type { Thing } from './document.ts';
import { type Asked, Failure, type Owner, type Provider, page } from './provider.ts';

/** What Stripe takes of a card payment in the United States: 2.9 % and 30 cents, rounded to cents. */
export function feeOf(amount: number): number {
  return Math.round(amount * 0.029) + 30;
}

/** What a chargeback costs besides its amount. */
export const DISPUTE_FEE = 1_500;

export type Booking = {
  readonly owner: Owner;
  readonly type: string;
  readonly category: string;
  readonly amount: number;
  readonly fee?: number;
  readonly source: string;
  readonly description?: string;
  /** When it can be used; at once unless told otherwise. */
  readonly availableOn?: number;
};

/** A balance transaction: the only way in which a balance moves. */
export function book(provider: Provider, { owner, type, category, amount, fee = 0, source, ...rest }: Booking): Thing {
  const now = provider.now();
  const availableOn = rest.availableOn ?? now;
  return provider.make('balance_transaction', 'txn', owner, {
    type,
    reporting_category: category,
    amount,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: 'usd',
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    currency: 'usd',
    created: now,
    available_on: availableOn,
    status: availableOn <= now ? 'available' : 'pending',
    source,
    description: rest.description ?? null,
    exchange_rate: null,
  });
}

/** What an owner has in cents: to be used now, and later. */
export function balanceOf(provider: Provider, owner: Owner): { available: number; pending: number } {
  let available = 0;
  let pending = 0;
  for (const row of provider.all('balance_transaction', owner)) {
    if (Number(row.available_on) <= provider.now()) available += Number(row.net);
    else pending += Number(row.net);
  }
  return { available, pending };
}

/** Refuses what an owner has not got. */
export function requireBalance(provider: Provider, owner: Owner, amount: number): void {
  if (balanceOf(provider, owner).available >= amount) return;
  throw new Failure(400, {
    type: 'invalid_request_error',
    code: 'balance_insufficient',
    message: 'You have insufficient available funds in your Stripe account.',
  });
}

export const balanceHandlers = {
  'GET /v1/balance': ({ provider, owner }: Asked): Thing => {
    const { available, pending } = balanceOf(provider, owner);
    const line = (amount: number) => [{ amount, currency: 'usd', source_types: { card: amount } }];
    return { object: 'balance', livemode: false, available: line(available), pending: line(pending) };
  },
  'GET /v1/balance_transactions': ({ provider, owner, query }: Asked): Thing => {
    const payout = query.payout;
    const rows = provider
      .all('balance_transaction', owner)
      .filter((row) => payout === undefined || provider.any(payout)?.balance_transaction === row.id);
    return page(rows.map(fresh(provider)), query, '/v1/balance_transactions', ['type', 'source', 'currency']);
  },
  'GET /v1/balance_transactions/{id}': ({ provider, owner, ids }: Asked): Thing =>
    fresh(provider)(provider.find('balance_transaction', ids[0], owner)),
};

/** With the state that time has given it. */
function fresh(provider: Provider) {
  return (row: Thing): Thing => ({
    ...row,
    status: Number(row.available_on) <= provider.now() ? 'available' : 'pending',
  });
}
