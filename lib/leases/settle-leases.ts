import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { stoppedHold } from '#lib/bookings/hold.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import { giveGpusBack, releaseDownTo, settleLease } from '#lib/bookings/settle-lease.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';

/** A machine that said "ended" has sent its last statement before; what it could not send at once has come after this. */
const LAST_STATEMENT_SECONDS = 120;
/**
 * A machine that is silent when its rental ends has a day to come back with its statements. The day begins with the latest
 * of: the end, its last sign of life, and the end of the last outage of ours. What it sends later is not billed.
 */
export const SILENT_GRACE_SECONDS = 86_400;

/**
 * Sweep: closes bills that no statement of is to come: what is left of the hold goes back to the renter, and the port and
 * GPUs are free. Also releases what a stopped rental does not need. Answers how many.
 */
export async function settleLeases(world: World = theWorld): Promise<number> {
  const now = world.now();
  const rows = await db.booking.findMany({
    where: {
      lease: { settledAt: null },
      OR: [
        { desired: 'ended' },
        { desired: 'stopped', observed: 'stopped', observedAt: { lte: addSeconds(now, -LAST_STATEMENT_SECONDS) } },
      ],
    },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  const backAt = await lastOutageEnd();
  return eachRow('settleLeases', rows, ({ id }) => inTransaction('settle lease', (tx) => settle(tx, id, backAt, now)));
}

async function lastOutageEnd(): Promise<Date | null> {
  const last = await db.beat.aggregate({ _max: { backAt: true } });
  return last._max.backAt;
}

async function settle(tx: Tx, id: string, backAt: Date | null, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  if (booking.lease.settledAt !== null) return false;
  if (booking.desired === 'stopped') return releaseStopped(tx, booking, now);
  if (booking.desired !== 'ended') return false;
  const quiet = booking.observed === 'ended' || booking.observed === 'failed';
  if (quiet && booking.observedAt <= addSeconds(now, -LAST_STATEMENT_SECONDS)) {
    await settleLease(tx, booking, now);
    await tellListeners(tx, { booking: id, user: booking.renterId });
    return true;
  }
  if (!(await isSilent(tx, booking, backAt, now))) return false;
  await settleLease(tx, booking, now);
  await giveGpusBack(tx, id, now);
  await tx.booking.update({ where: { id }, data: { billable: 'nothing', endedAt: booking.endedAt ?? now } });
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'booking.ended',
      userId: booking.renterId,
      bookingId: id,
      machineId: booking.machineId,
      data: { silent: true, reason: booking.reason, hostId: booking.hostId },
    },
    now,
  );
  return true;
}

async function isSilent(tx: Tx, booking: LockedBooking, backAt: Date | null, now: Date): Promise<boolean> {
  const machine = await tx.machine.findUniqueOrThrow({
    where: { id: booking.machineId },
    select: { lastSyncAt: true, retiredAt: true },
  });
  const since = [booking.lease.billableUntil, machine.lastSyncAt, backAt];
  const last = Math.max(...since.map((instant) => instant?.getTime() ?? 0), booking.createdAt.getTime());
  return now.getTime() - last > SILENT_GRACE_SECONDS * 1_000;
}

async function releaseStopped(tx: Tx, booking: LockedBooking, now: Date): Promise<boolean> {
  const { heldMicros, chargedMicros } = booking.lease;
  const kept = stoppedHold(booking.terms, { heldMicros, chargedMicros, capMicros: booking.capMicros, freeMicros: 0n });
  if (booking.observed !== 'stopped' || heldMicros <= kept) return false;
  await releaseDownTo(tx, booking, kept, now);
  await tellListeners(tx, { booking: booking.id, user: booking.renterId });
  return true;
}
