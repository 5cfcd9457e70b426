import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { askEnd } from '#lib/bookings/ask-end.ts';
import { askStop } from '#lib/bookings/ask-stop.ts';
import { INTERRUPTED_DISK_SECONDS } from '#lib/bookings/bid.ts';
import { isHostEnding, isUnused, isYielding } from '#lib/bookings/booking.ts';
import { lockBooking } from '#lib/bookings/lock-booking.ts';
import { givenBackData } from '#lib/bookings/pay-cancellation.ts';
import { payUnpulled } from '#lib/bookings/pay-unpulled.ts';
import { DISK_KEPT_SECONDS } from '#lib/bookings/terms.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';

/**
 * Sweep: what runs beyond its window is stopped and its disk kept for a day; an interruptible rental that
 * yields keeps it longer; what its host broke off, and what never became usable, ends. The GPUs are free at the end of the window whatever their machine says. Answers how many.
 */
export async function endExpiredLeases(world: World = theWorld): Promise<number> {
  const rows = await db.booking.findMany({
    where: { desired: 'running', endsAt: { lte: world.now() } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return eachRow('endExpiredLeases', rows, ({ id }) =>
    inTransaction('end expired lease', (tx) => expire(tx, id, world.now())),
  );
}

async function expire(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  if (booking.desired !== 'running' || booking.endsAt > now) return false;
  if (isHostEnding(booking)) {
    await askEnd(tx, THE_MARKET, booking, { reason: 'hostEnded', kind: 'booking.endAsked' }, now);
  } else if (isYielding(booking) && !isUnused(booking)) {
    const diskUntil = addSeconds(now, INTERRUPTED_DISK_SECONDS);
    await askStop(tx, THE_MARKET, booking, { reason: 'interrupted', diskUntil, kind: 'booking.stopAsked' }, now);
  } else if (isUnused(booking) || booking.atExit === 'end') {
    // A bid whose rental never became usable waits for another one.
    const reason =
      booking.kind === 'interruptible' ? 'interrupted' : booking.atExit === null ? 'neverReady' : 'windowEnded';
    const paid = await payUnpulled(tx, booking, now);
    const data = paid === null ? {} : givenBackData(paid);
    await askEnd(tx, THE_MARKET, paid?.booking ?? booking, { reason, kind: 'booking.endAsked', data }, now);
  } else {
    const diskUntil = addSeconds(now, DISK_KEPT_SECONDS);
    await askStop(tx, THE_MARKET, booking, { reason: 'windowEnded', diskUntil, kind: 'booking.stopAsked' }, now);
  }
  return true;
}
