import type Stripe from 'stripe';
import type { Actor } from '#lib/base/actor.ts';
import { fromCents, type Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import {
  type CardRefundFacts,
  type CardRefundState,
  type RefundablePayment,
  refundableMicros,
} from '../card-refund.ts';

export type CardRefundRow = {
  readonly id: string;
  readonly topUpId: string;
  readonly amountMicros: Micros;
  readonly state: CardRefundState;
  readonly failure: string | null;
  readonly cardLabel: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
};

const SHOWN = {
  id: true,
  topUpId: true,
  amountMicros: true,
  state: true,
  failure: true,
  createdAt: true,
  settledAt: true,
  topUp: { select: { cardLabel: true } },
} as const;

/** The viewer's refunds to cards, newest first. `after` is the last id of the page before. */
export async function cardRefundsOf(
  actor: Actor,
  ask: { readonly after?: string | undefined; readonly take?: number } = {},
): Promise<Page<CardRefundRow>> {
  const take = ask.take ?? 50;
  const rows = await db.cardRefund.findMany({
    where: { userId: actor.userId, ...(ask.after === undefined ? {} : { id: { lt: ask.after } }) },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: SHOWN,
  });
  return toPage(rows.map(typed), take);
}

/** One refund of the viewer's; those of others are not found. */
export async function cardRefundOf(actor: Actor, id: string): Promise<CardRefundRow> {
  const row = await db.cardRefund.findFirst({ where: { id, userId: actor.userId }, select: SHOWN });
  if (row === null) throw new Refusal('notFound', {}, 'There is no such refund of yours.');
  return typed(row);
}

function typed<Row extends { readonly state: string; readonly topUp: { readonly cardLabel: string | null } }>(
  row: Row,
) {
  const { topUp, ...rest } = row;
  return { ...rest, state: row.state as CardRefundState, cardLabel: topUp.cardLabel };
}

/** What of the viewer's money can go back to cards now. */
export async function refundableOf(actor: Actor): Promise<Micros> {
  const [{ freeMicros }, payments] = await Promise.all([walletOf(actor), refundablePayments(db, actor.userId)]);
  return refundableMicros(freeMicros, payments);
}

/** The payments of a user by card that still cover something, newest first. */
export async function refundablePayments(reader: Reader, userId: string): Promise<RefundablePayment[]> {
  const rows = await reader.topUp.findMany({
    where: { userId, provider: 'stripe', state: 'settled' },
    orderBy: { id: 'desc' },
    select: {
      id: true,
      amountMicros: true,
      cardRefunds: { where: { state: { not: 'failed' } }, select: { amountMicros: true } },
      chargebacks: { where: { state: { not: 'won' } }, select: { id: true } },
    },
  });
  // The provider gives nothing back of a payment that a bank has taken back.
  return rows
    .filter((row) => row.chargebacks.length === 0)
    .map((row) => ({
      topUpId: row.id,
      coversMicros: row.cardRefunds.reduce((left, refund) => left - refund.amountMicros, row.amountMicros),
    }))
    .filter((payment) => payment.coversMicros > 0n);
}

/** Refunds that a sweep should look at, those that wait longest first. */
export async function dueCardRefunds(now: Date, most: number): Promise<string[]> {
  const rows = await db.cardRefund.findMany({
    where: { nextTryAt: { lte: now } },
    orderBy: { nextTryAt: 'asc' },
    take: most,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** How a refund stands at the provider now. */
export async function refundAt(refundId: string): Promise<CardRefundFacts> {
  return refundFacts(await needStripe().refunds.retrieve(refundId));
}

/** The refund that an earlier try made of one of our rows; null when there is none. */
export async function refundMadeFor(ownId: string, paymentIntentId: string): Promise<CardRefundFacts | null> {
  const made = needStripe().refunds.list({ payment_intent: paymentIntentId, limit: 100 });
  for await (const refund of made) if (refund.metadata?.cardRefundId === ownId) return refundFacts(refund);
  return null;
}

function idOf(value: string | { readonly id: string } | null): string | null {
  return typeof value === 'string' ? value : (value?.id ?? null);
}

export function refundFacts(refund: Stripe.Refund): CardRefundFacts {
  const failed = refund.status === 'failed' || refund.status === 'canceled';
  return {
    refundId: refund.id,
    ownId: refund.metadata?.cardRefundId ?? null,
    paymentIntentId: idOf(refund.payment_intent),
    chargeId: idOf(refund.charge),
    status: failed ? 'failed' : refund.status === 'succeeded' ? 'arrived' : 'pending',
    amountMicros: fromCents(refund.amount),
    failure: failed ? (refund.failure_reason ?? refund.status) : null,
  };
}
