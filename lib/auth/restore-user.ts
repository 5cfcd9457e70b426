import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { requireAdmin } from './permission.ts';
import type { SuspendUserInput } from './schema.ts';

/** Lifts a suspension, with a reason for the audit trail and the owner. Refuses: `forbidden`, `notFound`, `notNow` when there is none. */
export async function restoreUser(actor: Actor, input: SuspendUserInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  await inTransaction('restore-user', async (tx) => {
    const user = await tx.user.findUnique({ where: { id: input.userId }, select: { id: true } });
    if (user === null) throw new Refusal('notFound');
    const { count } = await tx.user.updateMany({
      where: { id: user.id, suspendedAt: { not: null } },
      data: { suspendedAt: null, suspendedReason: null },
    });
    if (count === 0) throw new Refusal('notNow', {}, 'This account is not suspended.');
    await recordEvent(
      tx,
      actor,
      {
        kind: 'account.restored',
        userId: user.id,
        reason: input.reason,
        data: { suspended: false, previousSuspended: true },
      },
      now,
    );
  });
}
