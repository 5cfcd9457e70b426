import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { claimCase } from '#lib/desk/claim-case.ts';
import { failureOf, needStripe } from '#lib/io/stripe.ts';
import { decideHeldPayment } from './decide-held-payment.ts';
import { type DecideHeldPaymentInput, whyNotDecide } from './held-payment.ts';
import type { PaymentFacts } from './payment.ts';
import { heldPayment } from './queries/held.ts';
import { paymentAt } from './queries/provider.ts';

/**
 * Errand: decides about a payment that waits for a person, as it stands at the provider now; what is given back goes to the
 * card it came from first, under a key of the payment, so that it goes once. Refuses as {@link decideHeldPayment} does, and
 * with `unavailable` and the provider's words when that did not take it: nothing is decided then.
 */
export async function resolveHeldPayment(
  actor: Actor,
  input: DecideHeldPaymentInput,
  world: World = theWorld,
): Promise<void> {
  requireAdmin(actor);
  const held = await heldPayment(actor, input.topUpId);
  const facts = await paymentAt(held.paymentIntentId);
  refuseIf(whyNotDecide(actor, held, input.decision, facts));
  // Theirs before anything moves at the provider: another admin's decision cannot come between.
  await claimCase(actor, { kind: 'payment', id: input.topUpId }, world);
  if (input.decision === 'giveBack') await giveBack(input.topUpId, facts);
  await decideHeldPayment(actor, input, facts, world);
}

async function giveBack(topUpId: string, facts: PaymentFacts): Promise<void> {
  if (facts.charge !== null && facts.charge.refundedMicros >= facts.receivedMicros) return;
  try {
    await needStripe().refunds.create(
      { payment_intent: facts.intentId, metadata: { heldTopUpId: topUpId } },
      { idempotencyKey: `heldPayment:${topUpId}` },
    );
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    throw new Refusal('unavailable', {}, `The payment provider did not give it back: ${failure.message}`);
  }
}
