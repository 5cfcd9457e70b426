import { randomBytes } from 'node:crypto';
import { stripeDoor } from '#doors/webhooks/stripe.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { db } from '#lib/io/db.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { beginTopUp } from '#lib/payments/begin-top-up.ts';
import { handleWebhooks } from '#lib/payments/handle-webhooks.errand.ts';
import { askCheckout } from '#lib/payments/pay-top-up.errand.ts';
import { WEBHOOK_HANDLERS } from '#worker/webhook-handlers.ts';
import { person } from './people.ts';
import { DOLLAR, movableClock } from './rental.ts';
import type { CardNumber } from './stripe-double/cards.ts';
import type { Sent } from './stripe-double/provider.ts';
import { marketWithStripe } from './stripe-env.ts';

/** A market that takes cards through a double of Stripe; both go by one clock that a test moves. */
export async function cardMarket() {
  const clock = movableClock();
  const double = await marketWithStripe({ now: () => Math.floor(clock.now().getTime() / 1_000) });
  const door = stripeDoor(clock.world);

  /** A wish to pay, up to the provider's page. */
  async function begin(who: Actor, dollars = 25n, idempotencyKey = newKey()) {
    const { topUpId } = await beginTopUp(who, { amountMicros: dollars * DOLLAR, idempotencyKey }, clock.world);
    const url = await askCheckout(topUpId, clock.world);
    return { topUpId, url, sessionId: url?.split('/').at(-1) ?? '' };
  }

  async function sweep(): Promise<void> {
    while ((await handleWebhooks(WEBHOOK_HANDLERS, clock.world)) > 0);
  }

  let told = 0;
  /** Delivers these webhooks, or those that were not delivered yet, and sweeps. */
  async function hear(events: readonly Sent[] = double.webhooks.log.slice(told)): Promise<void> {
    told = double.webhooks.log.length;
    for (const each of events) {
      const { body, signature } = double.webhooks.envelope(each);
      const answer = await door.request('/api/webhooks/stripe', {
        method: 'POST',
        body,
        headers: { 'stripe-signature': signature },
      });
      if (answer.status !== 200) throw new Error(`a webhook was answered ${answer.status}`);
    }
    await sweep();
  }

  /** Pays by card until the wallet has it. */
  async function pay(who: Actor, dollars = 25n, card?: CardNumber) {
    const { topUpId, sessionId } = await begin(who, dollars);
    double.act.payCheckout(sessionId, card);
    await hear();
    const row = await db.topUp.findUniqueOrThrow({ where: { id: topUpId } });
    return { topUpId, sessionId, intentId: row.paymentIntentId ?? '', chargeId: row.chargeId ?? '' };
  }

  return {
    clock,
    double,
    door,
    begin,
    pay,
    hear,
    sweep,
    renter: () => person(),
    free: async (who: Actor): Promise<Micros> => (await walletOf(who)).freeMicros,
  };
}

export const newKey = () => randomBytes(8).toString('hex');

/** All accounts of a kind together. */
export async function balanceOf(kind: string): Promise<Micros> {
  const sum = await db.account.aggregate({ where: { kind }, _sum: { balanceMicros: true } });
  return sum._sum.balanceMicros ?? 0n;
}
