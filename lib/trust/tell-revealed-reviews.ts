import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';

/** Sweep: tells whom a review is about, once, that its fourteen days are over and it can be read. Answers how many. */
export async function tellRevealedReviews(world: World = theWorld): Promise<number> {
  const now = world.now();
  const rows = await db.review.findMany({
    where: { toldAt: null, revealAt: { lte: now } },
    orderBy: { revealAt: 'asc' },
    take: 500,
    select: { id: true, subjectId: true, bookingId: true, machineId: true },
  });
  return eachRow('tellRevealedReviews', rows, ({ id, subjectId: userId, bookingId, machineId }) =>
    inTransaction('tell revealed review', async (tx) => {
      const { count } = await tx.review.updateMany({ where: { id, toldAt: null }, data: { toldAt: now } });
      if (count === 0) return false;
      const about = { userId, bookingId, machineId, data: { reviewId: id } };
      await recordEvent(tx, THE_MARKET, { kind: 'review.revealed', ...about }, now);
      return true;
    }),
  );
}
