import type Stripe from 'stripe';
import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { needStripe } from '#lib/io/stripe.ts';
import type { AutomaticSettings, PausedReason } from '../automatic-top-up.ts';
import type { PaymentFacts } from '../payment.ts';
import type { SavedCard, SavedCardFacts } from '../saved-card.ts';
import { paymentFacts } from './provider.ts';

/** The viewer's saved cards, the default one first. */
export async function cardsOf(actor: Actor): Promise<readonly SavedCard[]> {
  return db.savedCard.findMany({
    where: { userId: actor.userId, removedAt: null },
    orderBy: [{ isDefault: 'desc' }, { id: 'desc' }],
    select: {
      id: true,
      brand: true,
      last4: true,
      expiresMonth: true,
      expiresYear: true,
      isDefault: true,
      createdAt: true,
    },
  });
}

export type AutomaticRow = AutomaticSettings & {
  readonly pausedReason: PausedReason | null;
  readonly pausedAt: Date | null;
};

/** How the viewer's wallet is topped up by itself; null: it is not. */
export async function automaticOf(actor: Actor): Promise<AutomaticRow | null> {
  const row = await db.automaticTopUp.findUnique({
    where: { userId: actor.userId },
    select: { thresholdMicros: true, amountMicros: true, monthlyLimitMicros: true, pausedReason: true, pausedAt: true },
  });
  return row === null ? null : { ...row, pausedReason: row.pausedReason as PausedReason | null };
}

/** The provider's id of a renter, when there is one. */
export async function customerOf(userId: string): Promise<string | null> {
  return (await db.paymentCustomer.findUnique({ where: { userId } }))?.customerId ?? null;
}

/** Wishes to save a card, and removed cards, that a sweep should go on with. */
export async function dueCardWork(now: Date, most: number): Promise<{ setups: string[]; removals: string[] }> {
  const due = { where: { nextTryAt: { lte: now } }, take: most, select: { id: true } } as const;
  const [setups, removals] = await Promise.all([db.cardSetup.findMany(due), db.savedCard.findMany(due)]);
  return { setups: setups.map((row) => row.id), removals: removals.map((row) => row.id) };
}

/** The card that was saved on a page of the provider's; null while there is none. */
export async function cardSaved(ownId: string, setupIntentId: string): Promise<SavedCardFacts | null> {
  const setup = await needStripe().setupIntents.retrieve(setupIntentId, { expand: ['payment_method'] });
  const method: Stripe.PaymentMethod | string | null = setup.payment_method;
  if (setup.status !== 'succeeded' || method === null || typeof method === 'string' || method.card === undefined)
    return null;
  const { brand, last4, exp_month, exp_year } = method.card;
  return { setupId: ownId, paymentMethodId: method.id, brand, last4, expiresMonth: exp_month, expiresYear: exp_year };
}

/** The payment that an earlier try made of one of our rows; null when there is none. */
export async function paymentMadeFor(topUpId: string, customerId: string): Promise<PaymentFacts | null> {
  for await (const intent of needStripe().paymentIntents.list({
    customer: customerId,
    limit: 100,
    expand: ['data.latest_charge.balance_transaction'],
  }))
    if (intent.metadata.topUpId === topUpId) return paymentFacts(intent);
  return null;
}
