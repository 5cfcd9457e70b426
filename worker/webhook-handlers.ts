import type { WebhookHandlers } from '#lib/payments/handle-webhooks.errand.ts';
import { payoutWebhooks } from '#lib/payments/payout-webhooks.errand.ts';

/** What is done about each type of webhook of the payment provider. */
export const WEBHOOK_HANDLERS: WebhookHandlers = { ...payoutWebhooks() };
