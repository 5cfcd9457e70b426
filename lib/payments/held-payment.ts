import * as z from 'zod';
import type { Actor } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import type { CaseFacts } from '#lib/desk/case.ts';
import { seenFacts } from '#lib/desk/schema.ts';
import { CURRENCY, type PaymentFacts } from './payment.ts';

const reason = z.string().trim().min(1, 'Write a reason.').max(500, 'Write at most 500 characters.');

/** credit: the wallet gets what came. giveBack: it goes back to the card it came from, and nobody is credited. */
export const HELD_DECISIONS = ['credit', 'giveBack'] as const;
export type HeldDecision = (typeof HELD_DECISIONS)[number];

export const decideHeldPaymentInput = z.object({
  topUpId: z.string().min(1).max(64),
  decision: z.enum(HELD_DECISIONS),
  reason,
  seen: seenFacts,
});
type Seen<Input> = Omit<Input, 'seen'> & { readonly seen?: CaseFacts | undefined };
export type DecideHeldPaymentInput = Seen<z.infer<typeof decideHeldPaymentInput>>;

/** retry: it is handled again at once, as if it had come now. putAside: nothing more is done about it. */
export const decideWebhookInput = z.object({
  webhookId: z.string().min(1).max(255),
  decision: z.enum(['retry', 'putAside']),
  reason,
  seen: seenFacts,
});
export type DecideWebhookInput = Seen<z.infer<typeof decideWebhookInput>>;

/** Why an admin cannot decide so about a payment, as it stands at the provider. */
export function whyNotDecide(
  actor: Pick<Actor, 'userId'>,
  held: { readonly userId: string },
  decision: HeldDecision,
  facts: PaymentFacts,
): WhyNot | null {
  if (actor.userId === held.userId)
    return { reason: 'forbidden', sentence: 'This payment is your own: another admin decides about it.' };
  if (facts.status !== 'paid' || facts.charge === null || facts.receivedMicros <= 0n)
    return {
      reason: 'notNow',
      sentence: 'The provider says that this payment is not paid. There is nothing to decide.',
    };
  if (decision === 'giveBack') return null;
  if (facts.currency !== CURRENCY)
    return {
      reason: 'notNow',
      sentence: `It came in ${facts.currency.toUpperCase()}, which no wallet holds. Give it back.`,
    };
  return facts.charge.refundedMicros > 0n
    ? {
        reason: 'notNow',
        sentence: `${formatDollars(facts.charge.refundedMicros)} of it went back already. Give the rest back, too.`,
      }
    : null;
}
