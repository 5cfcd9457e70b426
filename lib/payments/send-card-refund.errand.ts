import { toCents } from '#lib/base/money.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { log } from '#lib/io/log.ts';
import { failureOf, needStripe } from '#lib/io/stripe.ts';
import type { CardRefundFacts } from './card-refund.ts';
import { type ClaimedCardRefund, claimCardRefund } from './claim-card-refund.ts';
import type { ProviderFailure } from './payment.ts';
import { dueCardRefunds, refundAt, refundFacts, refundMadeFor } from './queries/card-refunds.ts';
import { paymentAt } from './queries/provider.ts';
import { recordCardRefund, recordCardRefundFailure } from './record-card-refund.ts';
import { settleTopUp } from './settle-top-up.ts';
import type { WaitingWebhook, WebhookOutcome } from './webhook.ts';

const MOST_AT_ONCE = 100;

/** Errand: asks the provider to give money back to a card, or how it stands with that; a sweep goes on with what could not be told. */
export async function sendCardRefund(id: string, world: World = theWorld): Promise<void> {
  const refund = await claimCardRefund(id, world);
  if (refund === null) return;
  const answer = refund.refundId === null ? await ask(refund) : await refundAt(refund.refundId);
  if ('kind' in answer) await recordCardRefundFailure(id, answer, world);
  else await recordCardRefund(answer, world);
}

/** A look that fails is thrown, whatever the provider said: it tells nothing of what an earlier try did, and is made again. */
async function ask(refund: ClaimedCardRefund): Promise<CardRefundFacts | ProviderFailure> {
  // The provider forgets keys after a day: whoever asks again looks first at what the last try did.
  const made = refund.attempts > 1 ? await refundMadeFor(refund.id, refund.paymentIntentId) : null;
  if (made !== null) return made;
  try {
    const created = await needStripe().refunds.create(
      {
        payment_intent: refund.paymentIntentId,
        amount: Number(toCents(refund.amountMicros)),
        reason: 'requested_by_customer',
        metadata: { cardRefundId: refund.id },
      },
      { idempotencyKey: `cardRefund:${refund.id}:${refund.round}` },
    );
    return refundFacts(created);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    log.warn({ cardRefund: refund.id, failure: failure.code, said: failure.message }, 'a refund was not taken');
    if (failure.kind !== 'broken') return failure;
    return (await refundMadeFor(refund.id, refund.paymentIntentId)) ?? failure;
  }
}

/** Sweep: goes on with refunds that a crash cut off, and asks about those that a bank may still send back. Answers how many it looked at. */
export async function finishCardRefunds(world: World = theWorld): Promise<number> {
  const due = await dueCardRefunds(world.now(), MOST_AT_ONCE);
  for (const id of due) {
    try {
      await sendCardRefund(id, world);
    } catch (error) {
      log.warn({ err: error, cardRefund: id }, 'a refund could not be looked at; it waits');
    }
  }
  return due.length;
}

/** Webhooks about a refund: the books are made to fit how it stands now. */
export async function syncCardRefund(webhook: WaitingWebhook, world: World): Promise<WebhookOutcome> {
  const facts = await refundAt(webhook.objectId);
  if (await recordCardRefund(facts, world)) return 'handled';
  // One that was made by hand: the payment itself comes first, news of it may still be on its way.
  if (facts.ownId !== null || facts.paymentIntentId === null) return 'notOurs';
  const payment = await settleTopUp(await paymentAt(facts.paymentIntentId), world);
  if (payment === 'notOurs') return 'notOurs';
  await recordCardRefund(facts, world);
  return 'handled';
}
