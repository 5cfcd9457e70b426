import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { DecideWebhookInput } from './held-payment.ts';
import { MOST_ATTEMPTS } from './retry.ts';

/**
 * An admin has a webhook that was given up tried again, or puts it aside. Audited with the reason. Refuses with `forbidden`,
 * `notFound`, `caseClaimed`, `conflict` (changed since `seen`), and `notNow` when it was handled or is still being tried.
 */
export async function decideWebhook(actor: Actor, input: DecideWebhookInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  const { webhookId: id, decision, reason } = input;
  await inTransaction('decide webhook', async (tx) => {
    await settleCase(tx, actor, { kind: 'webhook', id }, input.seen, now);
    const { count } = await tx.providerWebhook.updateMany({
      where: { id, handledAt: null, attempts: { gte: MOST_ATTEMPTS } },
      data: decision === 'retry' ? { attempts: 0, nextTryAt: now } : { outcome: 'putAside', handledAt: now },
    });
    if (count === 0) {
      if ((await tx.providerWebhook.count({ where: { id } })) === 0) throw new Refusal('notFound');
      throw new Refusal('notNow', {}, 'This webhook was handled, or is being tried again. Load the page again.');
    }
    const kind = decision === 'retry' ? 'webhook.retried' : 'webhook.putAside';
    await recordEvent(tx, actor, { kind, reason, data: { webhookId: id } }, now);
  });
}
