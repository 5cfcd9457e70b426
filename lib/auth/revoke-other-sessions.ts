import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';

/** Ends every session and API token of the actor but the present one; answers how many. */
export async function revokeOtherSessions(actor: Actor, world: World = theWorld): Promise<number> {
  const now = world.now();
  return inTransaction('revoke-other-sessions', async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { userId: actor.userId, id: { not: actor.sessionId }, revokedAt: null, expiresAt: { gt: now } },
      data: { revokedAt: now },
    });
    if (count > 0)
      await recordEvent(tx, actor, { kind: 'session.revoked', userId: actor.userId, data: { others: count } }, now);
    return count;
  });
}
