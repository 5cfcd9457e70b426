import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { RevokeSessionInput } from './schema.ts';

/** Ends one of the actor's own sessions or API tokens, the present one included; it acts no more from the next request on. Ending it again is no error. Refuses: `notFound`. */
export async function revokeSession(actor: Actor, input: RevokeSessionInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('revoke-session', async (tx) => {
    const own = await tx.session.findFirst({ where: { id: input.id, userId: actor.userId }, select: { label: true } });
    if (own === null) throw new Refusal('notFound');
    const { count } = await tx.session.updateMany({
      where: { id: input.id, userId: actor.userId, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) return;
    const data = { session: input.id, label: own.label, own: input.id === actor.sessionId };
    await recordEvent(tx, actor, { kind: 'session.revoked', userId: actor.userId, data }, now);
  });
}
