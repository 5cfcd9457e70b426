import { theWorld, type World } from '#lib/base/time.ts';
import { log } from '#lib/io/log.ts';
import { claimWebhooks } from './claim-webhooks.ts';
import { type HandledWebhook, recordWebhooks } from './record-webhooks.ts';
import type { WaitingWebhook, WebhookOutcome } from './webhook.ts';

/**
 * What is done about a type of webhook. It asks the provider how the object stands now and makes the books fit that, so that any order, any number of
 * copies and any delay end the same. Answers `notOurs` for what this market never made.
 */
export type WebhookHandler = (webhook: WaitingWebhook, world: World) => Promise<WebhookOutcome>;

/** Types of webhooks and their handlers; a type that is not there is ignored. */
export type WebhookHandlers = Readonly<Record<string, WebhookHandler>>;

const MOST_AT_ONCE = 50;

/** Sweep: handles the webhooks that wait. One that fails waits for its next try, and the others go on. Answers how many were handled. */
export async function handleWebhooks(handlers: WebhookHandlers, world: World = theWorld): Promise<number> {
  const waiting = await claimWebhooks(MOST_AT_ONCE, world);
  if (waiting.length === 0) return 0;
  const done: HandledWebhook[] = [];
  for (const webhook of waiting) {
    const handler = Object.hasOwn(handlers, webhook.type) ? handlers[webhook.type] : undefined;
    try {
      done.push({ id: webhook.id, outcome: handler === undefined ? 'ignored' : await handler(webhook, world) });
    } catch (error) {
      log.warn({ err: error, webhook: webhook.id, type: webhook.type }, 'a webhook could not be handled; it waits');
      done.push({ id: webhook.id, error: error instanceof Error ? error.message : String(error) });
    }
  }
  await recordWebhooks(done, world);
  return done.length;
}
