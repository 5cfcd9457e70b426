import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';

/** Sweep: forgets counts that are over, links and sessions whose end lies 30 days back. Answers how many rows. */
export async function forgetExpired(world: World = theWorld): Promise<number> {
  const now = world.now();
  const longAgo = new Date(now.getTime() - 30 * DAY);
  const limits = await inTransaction('forget-expired: counts', (tx) =>
    tx.rateLimit.deleteMany({ where: { expiresAt: { lte: now } } }),
  );
  const links = await inTransaction('forget-expired: links', (tx) =>
    tx.emailToken.deleteMany({ where: { expiresAt: { lte: longAgo } } }),
  );
  const sessions = await inTransaction('forget-expired: sessions', (tx) =>
    tx.session.deleteMany({ where: { OR: [{ expiresAt: { lte: longAgo } }, { revokedAt: { lte: longAgo } }] } }),
  );
  return limits.count + links.count + sessions.count;
}
