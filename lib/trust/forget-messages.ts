import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { KEPT_DAYS } from './thread.ts';

const MOST_AT_ONCE = 500;

/**
 * Sweep: forgets threads whose rental ended, whose bill was closed and whose dispute was decided {@link KEPT_DAYS} days ago. While a charge can
 * be contested, or is, nothing goes. Returns how many threads.
 */
export async function forgetMessages(world: World = theWorld): Promise<number> {
  const before = new Date(world.now().getTime() - KEPT_DAYS * DAY);
  const due = await db.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b JOIN leases l ON l.booking_id = b.id LEFT JOIN disputes d ON d.booking_id = b.id
    WHERE b.ended_at < ${before} AND l.settled_at < ${before} AND (d.id IS NULL OR d.decided_at < ${before})
      AND EXISTS (SELECT 1 FROM messages m WHERE m.booking_id = b.id)
    ORDER BY b.id LIMIT ${MOST_AT_ONCE}::int`;
  return eachRow('forgetMessages', due, ({ id }) =>
    inTransaction('forget messages', async (tx) => {
      const { count } = await tx.message.deleteMany({ where: { bookingId: id } });
      await tx.threadSide.deleteMany({ where: { bookingId: id } });
      return count > 0;
    }),
  );
}
