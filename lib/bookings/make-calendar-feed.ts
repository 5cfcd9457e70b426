import { requireActive } from '#lib/auth/permission.ts';
import { hashOfSecret } from '#lib/auth/secret.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId, newSecret } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { feedPath } from './calendar-feed.ts';
import type { MakeFeedInput } from './schema.ts';

export type MadeFeed = { readonly id: string; readonly url: string; readonly createdAt: Date };

/**
 * Makes the address at which a calendar app reads what somebody rents, or what is booked on a machine of theirs. It is answered
 * once and kept as a hash; whoever has it reads the calendar, and nothing else. One that there was before opens nothing any more.
 * Refuses with `notFound` for a machine of somebody else's, `suspended` or `leaving`.
 */
export async function makeCalendarFeed(
  actor: Actor,
  { machineId }: MakeFeedInput,
  world: World = theWorld,
): Promise<MadeFeed> {
  requireActive(actor);
  const token = newSecret();
  const createdAt = world.now();
  const id = newId('calendarFeed', createdAt);
  await inTransaction('make calendar feed', async (tx) => {
    await requireOwn(tx, actor, machineId);
    // One after the other for each owner: the later of two is the one that there is.
    await tx.$executeRaw`SELECT 1 FROM users WHERE id = ${actor.userId} FOR NO KEY UPDATE`;
    await tx.calendarFeed.deleteMany({ where: { userId: actor.userId, machineId } });
    await tx.calendarFeed.create({
      data: { id, userId: actor.userId, machineId, tokenHash: hashOfSecret(token), createdAt },
    });
    const about = { userId: actor.userId, machineId: machineId ?? undefined };
    await recordEvent(tx, actor, { kind: 'calendar.feedMade', ...about, data: { feed: id } }, createdAt);
  });
  return { id, url: `${env().publicUrl}${feedPath(token)}`, createdAt };
}

async function requireOwn(tx: Tx, actor: Actor, machineId: string | null): Promise<void> {
  if (machineId === null) return;
  const own = await tx.machine.count({ where: { id: machineId, hostId: actor.userId } });
  if (own === 0) throw new Refusal('notFound');
}
