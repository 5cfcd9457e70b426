import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, earliest, theWorld, type World } from '#lib/base/time.ts';
import { askEnd } from '#lib/bookings/ask-end.ts';
import { isHostEnding } from '#lib/bookings/booking.ts';
import { secondsPaid } from '#lib/bookings/hold.ts';
import { lockBooking } from '#lib/bookings/lock-booking.ts';
import { WARN_AT_SECONDS } from '#lib/bookings/runway.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';

/** A renter hears a day before that the money for a kept disk runs out. */
const WARN_DISK_SECONDS = 86_400;

/**
 * Sweep: disks of stopped rentals whose time is over are deleted, and those whose money will not last are given the instant
 * at which it is used up; their renters are told. Answers how many.
 */
export async function expireKeptDisks(world: World = theWorld): Promise<number> {
  const now = world.now();
  const over = await db.booking.findMany({
    where: { desired: 'stopped', diskUntil: { lte: now } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  const ended = await eachRow('expireKeptDisks', over, ({ id }) =>
    inTransaction('expire kept disk', (tx) => expire(tx, id, now)),
  );
  const short = await eachRow('shortenKeptDisks', await withoutMoney(now), ({ id }) =>
    inTransaction('shorten kept disk', (tx) => shorten(tx, id, now)),
  );
  return ended + short;
}

async function expire(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  if (booking.desired !== 'stopped' || booking.diskUntil === null || booking.diskUntil > now) return false;
  const reason = isHostEnding(booking) ? 'hostEnded' : 'diskExpired';
  await askEnd(tx, THE_MARKET, booking, { reason, kind: 'booking.endAsked' }, now);
  return true;
}

async function withoutMoney(now: Date): Promise<{ id: string }[]> {
  const rows = await db.booking.findMany({
    where: {
      desired: 'stopped',
      observed: 'stopped',
      reason: { in: ['renterStopped', 'idleStopped', 'interrupted'] },
      warnedSeconds: null,
      diskUntil: { gt: now },
      lease: { settledAt: null },
    },
    orderBy: { id: 'asc' },
    select: { id: true, renterId: true, terms: true, lease: { select: { heldMicros: true } } },
  });
  const wallets = await db.account.findMany({
    where: { kind: 'renterWallet', ownerId: { in: rows.map((row) => row.renterId) }, balanceMicros: { gt: 0 } },
    select: { ownerId: true },
  });
  const paying = new Set(wallets.map((wallet) => wallet.ownerId));
  return rows.filter((row) => {
    if (paying.has(row.renterId) || row.lease === null) return false;
    const seconds = secondsPaid(readTerms(row.terms), 'stopped', row.lease.heldMicros);
    return seconds !== null && seconds < WARN_DISK_SECONDS;
  });
}

async function shorten(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  const seconds = secondsPaid(booking.terms, 'stopped', booking.lease.heldMicros);
  if (booking.desired !== 'stopped' || seconds === null || booking.diskUntil === null) return false;
  const from = earliest(booking.lease.billedUntil, now) ?? now;
  const diskUntil = earliest(addSeconds(from, seconds), booking.diskUntil) ?? booking.diskUntil;
  await tx.booking.update({ where: { id }, data: { diskUntil, warnedSeconds: WARN_AT_SECONDS[0] } });
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'booking.moneyLow',
      userId: booking.renterId,
      bookingId: id,
      machineId: booking.machineId,
      data: { disk: true, diskUntil: diskUntil.toISOString(), hostId: booking.hostId },
    },
    now,
  );
  return true;
}
