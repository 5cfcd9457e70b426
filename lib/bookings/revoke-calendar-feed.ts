import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { FeedIdInput } from './schema.ts';

/** Takes the address of a calendar back: from now on nothing is there. Suspended people may. Refuses with `notFound`. */
export async function revokeCalendarFeed(
  actor: Actor,
  { feedId }: FeedIdInput,
  world: World = theWorld,
): Promise<void> {
  await inTransaction('revoke calendar feed', async (tx) => {
    const where = { id: feedId, userId: actor.userId };
    const feed = await tx.calendarFeed.findFirst({ where, select: { machineId: true } });
    if (feed === null) throw new Refusal('notFound');
    await tx.calendarFeed.deleteMany({ where });
    const about = { userId: actor.userId, machineId: feed.machineId ?? undefined };
    await recordEvent(tx, actor, { kind: 'calendar.feedRevoked', ...about, data: { feed: feedId } }, world.now());
  });
}
