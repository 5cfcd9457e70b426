import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { LOG_KEPT_SECONDS } from './log-keeping.ts';

/** Sweep: forgets what bookings printed that ended long enough ago. Returns how many bookings. */
export async function forgetLogs(world: World = theWorld): Promise<number> {
  const endedBefore = addSeconds(world.now(), -LOG_KEPT_SECONDS);
  // From one booking that printed to the next by the index: neither every line nor every booking is read.
  const due = await db.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE printed AS (
      SELECT min(booking_id) AS id FROM log_chunks
      UNION ALL
      SELECT (SELECT min(booking_id) FROM log_chunks WHERE booking_id > printed.id) FROM printed WHERE printed.id IS NOT NULL
    )
    SELECT b.id FROM printed JOIN bookings b USING (id) WHERE b.ended_at < ${endedBefore} ORDER BY b.id`;
  return eachRow('forgetLogs', due, ({ id }) =>
    inTransaction('forget-logs', async (tx) => {
      const { count } = await tx.logChunk.deleteMany({ where: { bookingId: id } });
      return count > 0;
    }),
  );
}
