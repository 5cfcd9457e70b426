import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { MOST_ATTEMPTS, nextTry } from './retry.ts';
import type { WaitingWebhook } from './webhook.ts';

/**
 * Takes webhooks that are due, oldest first, for this worker alone, and books their next try before anything is done: a worker that dies in the
 * middle costs one wait. Those about no object are put away as ignored.
 */
export async function claimWebhooks(most: number, world: World = theWorld): Promise<WaitingWebhook[]> {
  const now = world.now();
  return inTransaction('claim-webhooks', async (tx) => {
    await tx.providerWebhook.updateMany({
      where: { handledAt: null, objectId: null },
      data: { handledAt: now, outcome: 'ignored' },
    });
    const due = await tx.$queryRaw<WaitingWebhook[]>`
      SELECT id, type, object_id AS "objectId", account, attempts + 1 AS attempts FROM provider_webhooks
      WHERE handled_at IS NULL AND next_try_at <= ${now} AND attempts < ${MOST_ATTEMPTS}
      ORDER BY next_try_at, received_at, id LIMIT ${most}::int FOR UPDATE SKIP LOCKED`;
    for (const attempts of new Set(due.map((row) => row.attempts))) {
      const ids = due.filter((row) => row.attempts === attempts).map((row) => row.id);
      await tx.providerWebhook.updateMany({
        where: { id: { in: ids } },
        data: { attempts, nextTryAt: nextTry(attempts, now) },
      });
    }
    return due;
  });
}
