import type { World } from '#lib/base/time.ts';
import type { WebhookHandlers } from './handle-webhooks.errand.ts';
import type { PayoutRail } from './payout-rail.ts';
import { payoutNamed } from './queries/payouts.ts';
import { railOf } from './queries/rails.ts';
import { recordPayout } from './record-payout.ts';
import { noteAccountNews } from './record-payout-account.ts';
import type { WaitingWebhook, WebhookOutcome } from './webhook.ts';

type Rails = (provider: string) => PayoutRail;

/** A transfer of ours was made or came back: asks how it stands, and makes the payout fit that. */
async function aboutTransfer(webhook: WaitingWebhook, world: World, rails: Rails): Promise<WebhookOutcome> {
  const seen = await rails('stripe').transferById(webhook.objectId);
  const payout = await payoutNamed(seen.payoutId);
  if (payout === null) return 'notOurs';
  // One that a person made by hand with our id on it stays for the reconciliation to show.
  if (payout.amountMicros !== seen.amountMicros || (payout.transferId ?? seen.transferId) !== seen.transferId)
    return 'notOurs';
  await recordPayout(payout.id, { transferId: seen.transferId, returnedMicros: seen.returnedMicros }, world);
  return 'handled';
}

/** A payout from a host's account to their bank went on or failed. */
async function aboutBankPayout(webhook: WaitingWebhook, world: World, rails: Rails): Promise<WebhookOutcome> {
  if (webhook.account === null) return 'notOurs';
  const seen = await rails('stripe').bankPayoutById(webhook.account, webhook.objectId);
  const payout = await payoutNamed(seen.payoutId);
  if (payout === null || payout.providerAccountId !== webhook.account) return 'notOurs';
  if ((payout.bankPayoutId ?? seen.bankPayoutId) !== seen.bankPayoutId) return 'notOurs';
  const { bankPayoutId, bank, failure } = seen;
  await recordPayout(payout.id, { bankPayoutId, bank, failure }, world);
  return 'handled';
}

/** Something about a host's account changed: it is looked at by the next sweep. */
async function aboutAccount(webhook: WaitingWebhook, world: World): Promise<WebhookOutcome> {
  const known = await noteAccountNews(webhook.objectId, world);
  return known ? 'handled' : 'notOurs';
}

/** What is done about webhooks that concern payouts and hosts' accounts. */
export function payoutWebhooks(rails: Rails = railOf): WebhookHandlers {
  const transfer = (webhook: WaitingWebhook, world: World) => aboutTransfer(webhook, world, rails);
  const bank = (webhook: WaitingWebhook, world: World) => aboutBankPayout(webhook, world, rails);
  return {
    'transfer.created': transfer,
    'transfer.updated': transfer,
    'transfer.reversed': transfer,
    'payout.created': bank,
    'payout.updated': bank,
    'payout.paid': bank,
    'payout.failed': bank,
    'payout.canceled': bank,
    'account.updated': aboutAccount,
    'v2.core.account.closed': aboutAccount,
    'v2.core.account[requirements].updated': aboutAccount,
    'v2.core.account[configuration.recipient].updated': aboutAccount,
    'v2.core.account[configuration.recipient].capability_status_updated': aboutAccount,
  };
}
