import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { RemoveSshKeyInput } from './schema.ts';

/** Removes one of the actor's keys; bookings made from now on do not know it. Refuses: `notFound`. */
export async function removeSshKey(actor: Actor, input: RemoveSshKeyInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('remove-ssh-key', async (tx) => {
    const own = { id: input.id, userId: actor.userId };
    const key = await tx.sshKey.findFirst({ where: own, select: { name: true, fingerprint: true } });
    const { count } = await tx.sshKey.deleteMany({ where: own });
    if (key === null || count === 0) throw new Refusal('notFound');
    await recordEvent(
      tx,
      actor,
      { kind: 'sshKey.removed', userId: actor.userId, data: { key: input.id, ...key } },
      now,
    );
  });
}
