import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { lockBooking } from '#lib/bookings/lock-booking.ts';
import { machineFaultOf } from '#lib/bookings/queries/machine-fault.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';

/**
 * Sweep: tells renter and host, once, that a reserved window has begun and cannot be used because of its machine: from then on
 * giving it back costs nothing, and nobody has to look at its page to know. Answers how many.
 */
export async function tellLateWindows(world: World = theWorld): Promise<number> {
  const now = world.now();
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b
    WHERE b.kind = 'reserved' AND b.desired = 'running' AND b.started_at IS NULL
      AND b.starts_at <= ${now}::timestamptz AND b.ends_at > ${now}::timestamptz
      AND NOT EXISTS (SELECT 1 FROM events e WHERE e.booking_id = b.id AND e.kind = 'booking.windowLate')
    ORDER BY b.id`;
  return eachRow('tellLateWindows', rows, ({ id }) => inTransaction('tell of late window', (tx) => tell(tx, id, now)));
}

async function tell(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  if (booking.desired !== 'running' || booking.startedAt !== null || booking.endsAt <= now) return false;
  const fault = await machineFaultOf(tx, booking, now);
  // Another worker may have told meanwhile.
  const told = { bookingId: id, kind: 'booking.windowLate' };
  if (fault === null || (await tx.event.count({ where: told })) > 0) return false;
  const about = { userId: booking.renterId, bookingId: id, machineId: booking.machineId };
  const data = { fault: fault.kind, since: fault.since.toISOString(), hostId: booking.hostId };
  await recordEvent(tx, THE_MARKET, { kind: 'booking.windowLate', ...about, data }, now);
  return true;
}
