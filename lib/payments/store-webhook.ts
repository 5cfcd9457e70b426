import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { WebhookNotice } from './webhook.ts';

/** Keeps a webhook whose signature was checked, under the provider's own id: another copy of it changes nothing. Answers whether it was new. */
export async function storeWebhook(notice: WebhookNotice, world: World = theWorld): Promise<boolean> {
  const now = world.now();
  const { count } = await inTransaction('store-webhook', (tx) =>
    tx.providerWebhook.createMany({ data: [{ ...notice, receivedAt: now, nextTryAt: now }], skipDuplicates: true }),
  );
  return count === 1;
}
