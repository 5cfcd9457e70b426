import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type PaymentProvider, SANDBOX, STRIPE, STRIPE_TEST } from '../provider.ts';
import type { TopUpState } from '../top-up.ts';

/** The provider of this market: Stripe where its key is set, else the sandbox in a demo. Null where there is none: then nobody can add money. */
export function theProvider(): PaymentProvider | null {
  const { stripeSecretKey, stripeApiBase, demo } = env();
  if (stripeSecretKey === undefined) return demo ? SANDBOX : null;
  return stripeApiBase !== undefined || /^[a-z]+_test_/.test(stripeSecretKey) ? STRIPE_TEST : STRIPE;
}

export type TopUpRow = {
  readonly id: string;
  readonly amountMicros: Micros;
  readonly taxMicros: Micros;
  readonly provider: string;
  readonly state: TopUpState;
  /** Why it failed or waits for a person, as a word of {@link TOP_UP_FAILURES}. */
  readonly failure: string | null;
  /** The provider's page on which it can be paid, while it is open. */
  readonly checkoutUrl: string | null;
  readonly receiptUrl: string | null;
  readonly cardLabel: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
};

const SHOWN = {
  id: true,
  amountMicros: true,
  taxMicros: true,
  provider: true,
  state: true,
  failure: true,
  checkoutUrl: true,
  receiptUrl: true,
  cardLabel: true,
  createdAt: true,
  settledAt: true,
} as const;

/** The viewer's payments, newest first. `after` is the last id of the page before. */
export async function topUpsOf(
  actor: Actor,
  ask: { readonly after?: string | undefined; readonly take?: number } = {},
): Promise<Page<TopUpRow>> {
  const take = ask.take ?? 50;
  const rows = await db.topUp.findMany({
    where: { userId: actor.userId, ...(ask.after === undefined ? {} : { id: { lt: ask.after } }) },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: SHOWN,
  });
  return toPage(rows.map(typed), take);
}

/** One payment of the viewer's; those of others are not found. */
export async function topUpOf(actor: Actor, id: string): Promise<TopUpRow> {
  const row = await db.topUp.findFirst({ where: { id, userId: actor.userId }, select: SHOWN });
  if (row === null) throw new Refusal('notFound', {}, 'There is no such payment of yours.');
  return typed(row);
}

function typed<Row extends { readonly state: string; readonly checkoutUrl: string | null }>(row: Row) {
  const state = row.state as TopUpState;
  return { ...row, state, checkoutUrl: state === 'open' ? row.checkoutUrl : null };
}

/** Payments that a sweep should look at, those that wait longest first. */
export async function dueTopUps(now: Date, most: number): Promise<string[]> {
  const rows = await db.topUp.findMany({
    where: { nextTryAt: { lte: now } },
    orderBy: { nextTryAt: 'asc' },
    take: most,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}
