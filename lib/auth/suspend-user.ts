import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockAdmins } from './lock-admins.ts';
import { requireAdmin } from './permission.ts';
import type { SuspendUserInput } from './schema.ts';

/**
 * Suspends an account with a reason that its owner reads: it may look, and end what runs, but begin nothing. What runs goes
 * on. Suspending it again is refused with `notNow`. Refuses: `forbidden`, `notFound`, `lastAdmin`.
 */
export async function suspendUser(actor: Actor, input: SuspendUserInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  await inTransaction('suspend-user', async (tx) => {
    const admins = await lockAdmins(tx);
    const user = await tx.user.findUnique({ where: { id: input.userId }, select: { id: true } });
    if (user === null) throw new Refusal('notFound');
    if (admins.length > 0 && admins.every((id) => id === user.id)) throw new Refusal('lastAdmin');
    const { count } = await tx.user.updateMany({
      where: { id: user.id, suspendedAt: null },
      data: { suspendedAt: now, suspendedReason: input.reason },
    });
    if (count === 0) throw new Refusal('notNow', {}, 'This account is suspended already.');
    await recordEvent(tx, actor, { kind: 'account.suspended', userId: user.id, reason: input.reason }, now);
  });
}
