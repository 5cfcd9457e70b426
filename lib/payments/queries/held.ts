import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { MOST_ATTEMPTS } from '../retry.ts';

const MOST_ROWS = 100;

export type HeldPaymentRow = {
  readonly id: string;
  readonly renter: { readonly id: string; readonly name: string };
  /** What was asked for; what came differs. */
  readonly askedMicros: Micros;
  /** Of the payment at the provider. */
  readonly paymentIntentId: string | null;
  readonly cardLabel: string | null;
  readonly createdAt: Date;
};

export type GivenUpWebhookRow = {
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly lastError: string | null;
  readonly receivedAt: Date;
};

export type HeldPage = {
  /** What came is not what was asked: it is credited to nobody until somebody decides. Oldest first. */
  readonly payments: readonly HeldPaymentRow[];
  /** Webhooks that failed so often that nobody tries them any more. Oldest first. */
  readonly webhooks: readonly GivenUpWebhookRow[];
  /** How many there are in all; the lists show the first hundred. */
  readonly paymentCount: number;
  readonly webhookCount: number;
};

const GIVEN_UP = { handledAt: null, attempts: { gte: MOST_ATTEMPTS } } as const;

/** What of the payments waits for a person. For admins. */
export async function heldPage(actor: Actor): Promise<HeldPage> {
  requireAdmin(actor);
  const [payments, webhooks, paymentCount, webhookCount] = await Promise.all([
    db.topUp.findMany({
      where: { state: 'review' },
      orderBy: { id: 'asc' },
      take: MOST_ROWS,
      select: {
        id: true,
        amountMicros: true,
        taxMicros: true,
        paymentIntentId: true,
        cardLabel: true,
        createdAt: true,
        user: { select: { id: true, name: true } },
      },
    }),
    db.providerWebhook.findMany({
      where: GIVEN_UP,
      orderBy: { receivedAt: 'asc' },
      take: MOST_ROWS,
      select: { id: true, type: true, objectId: true, lastError: true, receivedAt: true },
    }),
    db.topUp.count({ where: { state: 'review' } }),
    db.providerWebhook.count({ where: GIVEN_UP }),
  ]);
  return {
    payments: payments.map(({ user, amountMicros, taxMicros, ...row }) => ({
      ...row,
      renter: user,
      askedMicros: amountMicros + taxMicros,
    })),
    webhooks,
    paymentCount,
    webhookCount,
  };
}

/** A payment that waits for a person, and what the provider calls it. For admins. Refuses with `notFound`, or `notNow` when it waits no longer. */
export async function heldPayment(
  actor: Actor,
  id: string,
): Promise<{ readonly userId: string; readonly paymentIntentId: string }> {
  requireAdmin(actor);
  const row = await db.topUp.findUnique({
    where: { id },
    select: { userId: true, state: true, paymentIntentId: true },
  });
  if (row === null) throw new Refusal('notFound');
  if (row.state !== 'review' || row.paymentIntentId === null)
    throw new Refusal('notNow', {}, 'This payment was decided about already. Load the page again.');
  return { userId: row.userId, paymentIntentId: row.paymentIntentId };
}
