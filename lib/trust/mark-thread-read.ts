import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockThread } from './lock-thread.ts';
import type { ReadThreadInput } from './schema.ts';

/**
 * One side of a booking has seen its thread up to a message: the marks of what is unread go, and the notices about it. Never
 * goes back. Answers whether anything changed. Refuses with `notFound`.
 */
export async function markThreadRead(actor: Actor, input: ReadThreadInput, world: World = theWorld): Promise<boolean> {
  const { bookingId, upTo } = input;
  return inTransaction('mark thread read', async (tx) => {
    await lockThread(tx, bookingId, actor.userId);
    const seen = await tx.message.findFirst({ where: { bookingId, id: upTo }, select: { id: true } });
    if (seen === null) return false;
    const { count } = await tx.threadSide.updateMany({
      where: { bookingId, userId: actor.userId, readUpTo: { lt: seen.id } },
      data: { readUpTo: seen.id },
    });
    if (count === 0) return false;
    const notices = await tx.notice.updateMany({
      where: { userId: actor.userId, readAt: null, kind: 'message.sent', link: threadPath(bookingId) },
      data: { readAt: world.now() },
    });
    // The other side sees that it was read, and the bell of this one changes.
    await tellListeners(tx, { booking: bookingId, ...(notices.count > 0 ? { user: actor.userId } : {}) });
    return true;
  });
}

function threadPath(bookingId: string): string {
  return `/bookings/${bookingId}/messages`;
}
