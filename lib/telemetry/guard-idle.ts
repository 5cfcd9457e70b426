import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { askStop } from '#lib/bookings/ask-stop.ts';
import { whyNotStop } from '#lib/bookings/booking.ts';
import { lockBooking } from '#lib/bookings/lock-booking.ts';
import { givenBackData, payCancellation } from '#lib/bookings/pay-cancellation.ts';
import { runningCost, STOPPED_SECONDS } from '#lib/bookings/terms.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { IDLE_BELOW_PERCENT } from './idle.ts';
import { idleBookings } from './queries/idle.ts';

/**
 * Sweep: tells renters whose GPUs have idled for 20 minutes, once until they work again, and stops what its renter wants
 * stopped then: as if they had pressed *Stop*. Answers how many changed.
 */
export async function guardIdle(world: World = theWorld): Promise<number> {
  const now = world.now();
  await inTransaction('guard idle: at work again', forgetNotices);
  return eachRow('guardIdle', await idleBookings(db, now), ({ id }) =>
    inTransaction('guard idle', (tx) => guard(tx, id, now)),
  );
}

/** Whoever worked since, or began anew, is told again the next time. */
async function forgetNotices(tx: Tx): Promise<void> {
  await tx.$executeRaw`
    UPDATE idle_guards g SET noticed_at = NULL FROM bookings b
    WHERE b.id = g.booking_id AND g.noticed_at IS NOT NULL AND (b.starts_at > g.noticed_at OR EXISTS (
      SELECT 1 FROM metric_samples s WHERE s.booking_id = b.id AND s.at > g.noticed_at
        AND ${IDLE_BELOW_PERCENT}::int <= ANY (s.gpu_utilisation_percent)))`;
}

async function guard(tx: Tx, bookingId: string, now: Date): Promise<boolean> {
  const guarded = await tx.idleGuard.findUnique({ where: { bookingId } });
  if (guarded?.noticedAt && !guarded.stops) return false;
  const booking = await lockBooking(tx, { id: bookingId });
  if ((await idleBookings(tx, now, [bookingId])).length === 0) return false;
  // What runs a command to its end is not stopped: its renter waits for that end.
  if (guarded?.stops === true && booking.atExit === null && whyNotStop(booking, now) === null) {
    const diskUntil = addSeconds(now, STOPPED_SECONDS);
    const paid = await payCancellation(tx, booking, {}, now);
    const data = givenBackData(paid);
    await askStop(
      tx,
      THE_MARKET,
      paid.booking,
      { reason: 'idleStopped', diskUntil, kind: 'booking.idleStopped', data },
      now,
    );
    return true;
  }
  if (guarded?.noticedAt) return false;
  const noticed = { noticedAt: now };
  await tx.idleGuard.upsert({ where: { bookingId }, create: { bookingId, stops: false, ...noticed }, update: noticed });
  const { renterId, hostId, machineId } = booking;
  const data = { hostId, microsPerHour: runningCost(booking.terms, 3_600).toString() };
  await recordEvent(tx, THE_MARKET, { kind: 'booking.idle', userId: renterId, bookingId, machineId, data }, now);
  return true;
}
