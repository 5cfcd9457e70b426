import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { WebhookOutcome } from './webhook.ts';

export type HandledWebhook = { readonly id: string } & (
  | { readonly outcome: WebhookOutcome }
  | { readonly error: string }
);

/** Notes what became of webhooks; one that failed keeps its next try and says why. */
export async function recordWebhooks(handled: readonly HandledWebhook[], world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('record-webhooks', async (tx) => {
    for (const outcome of ['handled', 'notOurs', 'ignored'] as const) {
      const ids = handled.flatMap((row) => ('outcome' in row && row.outcome === outcome ? [row.id] : []));
      if (ids.length === 0) continue;
      await tx.providerWebhook.updateMany({
        where: { id: { in: ids }, handledAt: null },
        data: { outcome, handledAt: now, lastError: null },
      });
    }
    for (const row of handled) {
      if (!('error' in row)) continue;
      await tx.providerWebhook.updateMany({ where: { id: row.id }, data: { lastError: row.error.slice(0, 500) } });
    }
  });
}
