import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { lockBooking } from '#lib/bookings/lock-booking.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';

/** A renter hears this long before that the time of a running rental is over. */
export const WARN_WINDOW_SECONDS = 3_600;

/** Sweep: tells renters once that the time of a running rental is nearly over; again when it was moved. Answers how many. */
export async function warnWindows(world: World = theWorld): Promise<number> {
  const now = world.now();
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b
    WHERE b.desired = 'running' AND b.observed = 'connectable' AND b.kind <> 'interruptible' AND b.at_exit IS NULL
      AND coalesce(b.reason, '') <> 'hostEnded'
      AND b.ends_at > ${now}::timestamptz AND b.ends_at <= ${addSeconds(now, WARN_WINDOW_SECONDS)}::timestamptz
      AND NOT EXISTS (
        SELECT 1 FROM events e WHERE e.booking_id = b.id AND e.kind = 'booking.windowEnding'
          AND (e.data->>'endsAt')::timestamptz = b.ends_at
      )
    ORDER BY b.id`;
  return eachRow('warnWindows', rows, ({ id }) => inTransaction('warn of window', (tx) => warn(tx, id, now)));
}

async function warn(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  if (booking.desired !== 'running' || booking.endsAt <= now) return false;
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'booking.windowEnding',
      userId: booking.renterId,
      bookingId: id,
      machineId: booking.machineId,
      data: { endsAt: booking.endsAt.toISOString(), hostId: booking.hostId },
    },
    now,
  );
  return true;
}
