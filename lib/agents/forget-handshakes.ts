import { addSeconds, DAY, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';

const SESSIONS_KEPT_SECONDS = (30 * DAY) / 1_000;

/** Sweep: forgets used nonces that could not be used again anyway, and connections that ended a month ago. Returns how many. */
export async function forgetHandshakes(world: World = theWorld): Promise<number> {
  const now = world.now();
  return inTransaction('forget-handshakes', async (tx) => {
    const nonces = await tx.agentChallenge.deleteMany({ where: { expiresAt: { lt: addSeconds(now, -60) } } });
    const sessions = await tx.agentSession.deleteMany({
      where: { supersededAt: { lt: addSeconds(now, -SESSIONS_KEPT_SECONDS) } },
    });
    return nonces.count + sessions.count;
  });
}
