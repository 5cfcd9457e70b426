import { toCents } from '#lib/base/money.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { failureOf, needStripe } from '#lib/io/stripe.ts';
import { type ClaimedTopUp, claimTopUp } from './claim-top-up.ts';
import { closeTopUp } from './close-top-up.ts';
import { failAutomatic } from './fail-automatic.ts';
import { CURRENCY, type PaymentFacts, type ProviderFailure, type SessionFacts } from './payment.ts';
import { paymentMadeFor } from './queries/cards.ts';
import { paymentAt, paymentFacts, sessionAt, sessionFacts } from './queries/provider.ts';
import { dueTopUps } from './queries/top-ups.ts';
import { recordCheckout } from './record-checkout.ts';
import { settleTopUp } from './settle-top-up.ts';
import { taxesOn, taxTotal } from './tax.ts';
import { ASKED_SECONDS } from './top-up.ts';

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
        allowed_payment_method_types: ['card'],
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
  if (topUp.state === 'asked' && topUp.card !== null) {
    await takeFromCard(topUp, topUp.card, world);
    return;
  }
  if (topUp.state === 'asked') {
    await recordCheckout(topUp, await openSession(topUp), world);
    return;
  }
  const session = topUp.sessionId === null ? null : await sessionAt(topUp.sessionId);
  const intentId = session?.intentId ?? topUp.paymentIntentId;
  const found = intentId === null ? 'waiting' : await settleTopUp(await paymentAt(intentId), world);
  if (found === 'waiting' && session?.status === 'expired') await closeTopUp(id, 'expired', world);
}

/** Takes an automatic payment from a saved card while its owner is away. */
async function takeFromCard(topUp: ClaimedTopUp, card: NonNullable<ClaimedTopUp['card']>, world: World): Promise<void> {
  const answer = await take(topUp, card, world);
  if ('kind' in answer) {
    const isLost = answer.kind === 'unreachable' && answer.code !== 'late' && answer.code !== 'unwanted';
    if (!isLost) await failAutomatic(topUp.id, answer, world);
    return;
  }
  // An intent of an earlier try whose card had declined: its answer was lost.
  const found = await settleTopUp(answer, world);
  if (found === 'waiting' && answer.declined !== null)
    await failAutomatic(topUp.id, { kind: 'declined', code: answer.declined }, world);
}

async function take(
  topUp: ClaimedTopUp,
  card: NonNullable<ClaimedTopUp['card']>,
  world: World,
): Promise<PaymentFacts | ProviderFailure> {
  // The provider forgets keys after a day: whoever asks again looks first at what the last try did. A look that fails tells
  // nothing of that and is made again.
  const made = topUp.attempts > 1 ? await paymentMadeFor(topUp.id, card.customerId) : null;
  if (made !== null) return made;
  if (!card.wanted) return { kind: 'unreachable', code: 'unwanted', message: 'not wanted any more' };
  // Nobody wants money taken long after the wallet was low.
  if (world.now() > addSeconds(topUp.createdAt, ASKED_SECONDS))
    return { kind: 'unreachable', code: 'late', message: 'asked for too long' };
  try {
    const total = topUp.amountMicros + taxTotal(taxesOn(topUp));
    const intent = await needStripe().paymentIntents.create(
      {
        amount: Number(toCents(total)),
        currency: CURRENCY,
        customer: card.customerId,
        payment_method: card.paymentMethodId,
        allowed_payment_method_types: ['card'],
        off_session: true,
        confirm: true,
        description: `Automatic top-up ${topUp.id}`,
        metadata: { topUpId: topUp.id },
        expand: ['latest_charge.balance_transaction'],
      },
      { idempotencyKey: `topUp:${topUp.id}:${topUp.round}` },
    );
    return paymentFacts(intent);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    log.warn({ topUp: topUp.id, failure: failure.code }, 'a saved card did not pay');
    if (failure.kind !== 'broken') return failure;
    return (await paymentMadeFor(topUp.id, card.customerId)) ?? failure;
  }
}
