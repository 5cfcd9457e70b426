import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';

/** Takes the deletion of the actor's account back, at any time before it is done. Undoing what was not asked for is no error. */
export async function undoDeletion(actor: Actor, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { userId } = actor;
  await inTransaction('undo-deletion', async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: userId, deletionDueAt: { not: null } },
      data: { deletionAskedAt: null, deletionDueAt: null, deletionGivesUpMicros: 0n },
    });
    if (count === 1) await recordEvent(tx, actor, { kind: 'account.deletionUndone', userId }, now);
  });
}
