import type { Actor } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { SEEN_EVERY_SECONDS } from './session.ts';

/** Notes that a session was used, at most once per `SEEN_EVERY_SECONDS` whoever asks. No event: being seen changes nothing. */
export async function touchSession(actor: Actor, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('touch-session', (tx) =>
    tx.session.updateMany({
      where: { id: actor.sessionId, userId: actor.userId, lastSeenAt: { lte: addSeconds(now, -SEEN_EVERY_SECONDS) } },
      data: { lastSeenAt: now },
    }),
  );
}
