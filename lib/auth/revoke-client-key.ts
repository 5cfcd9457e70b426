import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { RevokeClientKeyInput } from './schema.ts';

/** Revokes one of the actor's client keys, for ever: it countersigns nothing more. What it countersigned stays. Refuses: `notFound`. */
export async function revokeClientKey(
  actor: Actor,
  input: RevokeClientKeyInput,
  world: World = theWorld,
): Promise<void> {
  const now = world.now();
  await inTransaction('revoke-client-key', async (tx) => {
    const own = { id: input.id, userId: actor.userId };
    const key = await tx.clientKey.findFirst({ where: own, select: { name: true } });
    if (key === null) throw new Refusal('notFound');
    const { count } = await tx.clientKey.updateMany({ where: { ...own, revokedAt: null }, data: { revokedAt: now } });
    if (count === 0) return;
    await recordEvent(
      tx,
      actor,
      { kind: 'clientKey.revoked', userId: actor.userId, data: { key: input.id, name: key.name } },
      now,
    );
  });
}
