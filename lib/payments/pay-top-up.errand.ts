import { toCents } from '#lib/base/money.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { failureOf, needStripe } from '#lib/io/stripe.ts';
import { type ClaimedTopUp, claimTopUp } from './claim-top-up.ts';
import { closeTopUp } from './close-top-up.ts';
import { CURRENCY, type ProviderFailure, type SessionFacts } from './payment.ts';
import { paymentAt, sessionAt, sessionFacts } from './queries/provider.ts';
import { dueTopUps } from './queries/top-ups.ts';
import { recordCheckout } from './record-checkout.ts';
import { settleTopUp } from './settle-top-up.ts';
import { taxesOn } from './tax.ts';

const MOST_AT_ONCE = 100;

/** Errand: asks the provider for the page on which a payment is made. Answers its address; null when there is none yet, and a sweep goes on. */
export async function askCheckout(topUpId: string, world: World = theWorld): Promise<string | null> {
  const topUp = await claimTopUp(topUpId, world);
  if (topUp === null) return null;
  if (topUp.state !== 'asked') return topUp.sessionId === null ? null : (await sessionAt(topUp.sessionId)).url;
  return recordCheckout(topUp, await openSession(topUp), world);
}

async function openSession(topUp: ClaimedTopUp): Promise<SessionFacts | ProviderFailure> {
  const { publicUrl } = env();
  const line = (name: string, amountMicros: bigint) => ({
    quantity: 1,
    price_data: { currency: CURRENCY, unit_amount: Number(toCents(amountMicros)), product_data: { name } },
  });
  try {
    const session = await needStripe().checkout.sessions.create(
      {
        mode: 'payment',
        client_reference_id: topUp.id,
        customer_email: topUp.email,
        line_items: [
          line('Money for your wallet', topUp.amountMicros),
          ...taxesOn(topUp).map((tax) => line(tax.label, tax.amountMicros)),
        ],
        metadata: { topUpId: topUp.id },
        payment_intent_data: { metadata: { topUpId: topUp.id }, description: `Top-up ${topUp.id}` },
        success_url: `${publicUrl}/wallet/top-ups/${topUp.id}`,
        cancel_url: `${publicUrl}/wallet/top-ups/${topUp.id}`,
      },
      { idempotencyKey: `topUp:${topUp.id}:${topUp.round}` },
    );
    return sessionFacts(session);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    log.warn({ topUp: topUp.id, failure: failure.code, said: failure.message }, 'no page to pay on');
    return failure;
  }
}

/**
 * Sweep: goes on with payments that a crash cut off, and asks the provider about those of which no webhook came. Answers how many it looked at.
 */
export async function finishTopUps(world: World = theWorld): Promise<number> {
  const due = await dueTopUps(world.now(), MOST_AT_ONCE);
  for (const id of due) {
    try {
      await goOn(id, world);
    } catch (error) {
      log.warn({ err: error, topUp: id }, 'a payment could not be looked at; it waits');
    }
  }
  return due.length;
}

async function goOn(id: string, world: World): Promise<void> {
  const topUp = await claimTopUp(id, world);
  if (topUp === null) return;
  if (topUp.state === 'asked') {
    await recordCheckout(topUp, await openSession(topUp), world);
    return;
  }
  const session = topUp.sessionId === null ? null : await sessionAt(topUp.sessionId);
  const intentId = session?.intentId ?? topUp.paymentIntentId;
  const found = intentId === null ? 'waiting' : await settleTopUp(await paymentAt(intentId), world);
  if (found === 'waiting' && session?.status === 'expired') await closeTopUp(id, 'expired', world);
}
