import type { World } from '#lib/base/time.ts';
import { closeTopUp } from './close-top-up.ts';
import { cardSaved } from './queries/cards.ts';
import { paymentAt, sessionAt } from './queries/provider.ts';
import { closeSetup, recordCard } from './record-card.ts';
import { settleTopUp } from './settle-top-up.ts';
import type { WaitingWebhook, WebhookOutcome } from './webhook.ts';

/** Webhooks about a payment: the books are made to fit how it stands now. */
export async function syncPayment(webhook: WaitingWebhook, world: World): Promise<WebhookOutcome> {
  return (await settleTopUp(await paymentAt(webhook.objectId), world)) === 'notOurs' ? 'notOurs' : 'handled';
}

/** Webhooks about a page of the provider's: paid, or left until it expired. */
export async function syncSession(webhook: WaitingWebhook, world: World): Promise<WebhookOutcome> {
  const session = await sessionAt(webhook.objectId);
  if (session.ownId === null) return 'notOurs';
  if (session.setupId !== null) {
    const card = await cardSaved(session.ownId, session.setupId);
    if (card !== null) return (await recordCard(card, world)) ? 'handled' : 'notOurs';
    if (session.status === 'expired') await closeSetup(session.ownId);
    return 'handled';
  }
  if (session.intentId !== null) {
    const found = await settleTopUp(await paymentAt(session.intentId), world);
    if (found !== 'waiting') return found === 'notOurs' ? 'notOurs' : 'handled';
  }
  if (session.status !== 'expired') return 'handled';
  return (await closeTopUp(session.ownId, 'expired', world)) ? 'handled' : 'notOurs';
}
