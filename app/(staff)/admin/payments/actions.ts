'use server';

import { action } from '#app/_edge/action.ts';
import { decideWebhook } from '#lib/payments/decide-webhook.ts';
import { decideHeldPaymentInput, decideWebhookInput } from '#lib/payments/held-payment.ts';
import { resolveHeldPayment } from '#lib/payments/resolve-held-payment.errand.ts';

export const decidePayment = action(decideHeldPaymentInput, async (actor, input) => {
  await resolveHeldPayment(actor, input);
  return input.decision === 'credit'
    ? 'Credited: the wallet has what came. The audit trail has your reason.'
    : 'Given back to the card it came from. The audit trail has your reason.';
});

export const decideAboutWebhook = action(decideWebhookInput, async (actor, input) => {
  await decideWebhook(actor, input);
  return input.decision === 'retry'
    ? 'It is handled again within seconds.'
    : 'Put aside. The audit trail has your reason.';
});
