import type { WebhookHandlers } from '#lib/payments/handle-webhooks.errand.ts';
import { payoutWebhooks } from '#lib/payments/payout-webhooks.errand.ts';
import { syncCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import { syncChargeback } from '#lib/payments/sync-chargeback.errand.ts';
import { syncPayment, syncSession } from '#lib/payments/sync-payment.errand.ts';

/** What is done about each type of webhook of the payment provider. */
export const WEBHOOK_HANDLERS: WebhookHandlers = {
  'checkout.session.completed': syncSession,
  'checkout.session.expired': syncSession,
  'payment_intent.succeeded': syncPayment,
  'refund.created': syncCardRefund,
  'refund.updated': syncCardRefund,
  'refund.failed': syncCardRefund,
  'charge.refund.updated': syncCardRefund,
  'charge.dispute.created': syncChargeback,
  'charge.dispute.updated': syncChargeback,
  'charge.dispute.funds_withdrawn': syncChargeback,
  'charge.dispute.funds_reinstated': syncChargeback,
  'charge.dispute.closed': syncChargeback,
  ...payoutWebhooks(),
};
