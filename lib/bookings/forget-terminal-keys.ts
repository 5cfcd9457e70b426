import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { lockBooking } from './lock-booking.ts';
import { reviseLease } from './revise-lease.ts';
import { TERMINAL_GONE_SECONDS, TERMINAL_KEPT_SECONDS } from './terminal.ts';

/**
 * Sweep: takes the keys of terminals that are over out of their leases, ends those whose carrier fell silent, and
 * forgets what is long past. Answers how many bookings.
 */
export async function forgetTerminalKeys(world: World = theWorld): Promise<number> {
  const now = world.now();
  const due = await db.terminal.findMany({
    where: { keyGoneAt: null, keyUntil: { lte: now } },
    distinct: ['bookingId'],
    orderBy: { bookingId: 'asc' },
    select: { bookingId: true },
  });
  const done = await eachRow(
    'forgetTerminalKeys',
    due.map(({ bookingId }) => ({ id: bookingId })),
    ({ id }) => inTransaction('forget terminal keys', (tx) => forget(tx, id, now)),
  );
  await inTransaction('forget terminals', (tx) =>
    tx.terminal.deleteMany({ where: { keyGoneAt: { lt: addSeconds(now, -TERMINAL_KEPT_SECONDS) } } }),
  );
  return done;
}

async function forget(tx: Tx, bookingId: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id: bookingId });
  const { count } = await tx.terminal.updateMany({
    where: { bookingId, keyGoneAt: null, keyUntil: { lte: now } },
    data: { keyGoneAt: now },
  });
  if (count === 0) return false;
  await tx.terminal.updateMany({
    where: {
      bookingId,
      endedAt: null,
      keyGoneAt: { not: null },
      seenAt: { lt: addSeconds(now, -TERMINAL_GONE_SECONDS) },
    },
    data: { endedAt: now, endReason: 'lost' },
  });
  if (booking.desired === 'ended') return true;
  await reviseLease(tx, booking, {}, now);
  await tellListeners(tx, { machine: booking.machineId });
  return true;
}
