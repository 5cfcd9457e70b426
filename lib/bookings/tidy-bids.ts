import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { env } from '#lib/io/env.ts';
import { afterRental, PRICE_BACK_SECONDS, TRY_AGAIN_SECONDS } from './bid.ts';
import { isHostEnding } from './booking.ts';
import { interruptBooking } from './interrupt-booking.ts';
import { lockBooking } from './lock-booking.ts';
import { returnAbovePrice } from './return-above-price.ts';

/**
 * Sweep: what follows from time and from ends of rentals. Bids whose rental is over wait for another one or are over too;
 * rentals whose window ends within the notice are told; and what was charged above the clearing price comes back, every
 * quarter of an hour while a rental runs and when it stands still. Answers how many.
 */
export async function tidyBids(world: World = theWorld): Promise<number> {
  const now = world.now();
  const over = await db.bid.findMany({
    where: { state: 'open', booking: { desired: 'ended' } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  const closed = await eachRow('tidyBids: rentals over', over, ({ id }) =>
    inTransaction('after rental of bid', (tx) => afterItsRental(tx, id, now)),
  );
  const ending = await db.booking.findMany({
    where: {
      kind: 'interruptible',
      desired: 'running',
      endsAt: { gt: now, lte: addSeconds(now, env().interruptionNoticeSeconds) },
      OR: [{ reason: null }, { reason: { notIn: ['interrupted', 'hostEnded'] } }],
    },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  const told = await eachRow('tidyBids: notices', ending, ({ id }) =>
    inTransaction('notice to interruptible', (tx) => tell(tx, id, now)),
  );
  const back = await eachRow('tidyBids: above the price', await chargedAbove(now), ({ id }) =>
    inTransaction('return above price', (tx) => giveBack(tx, id, now)),
  );
  return closed + told + back;
}

async function afterItsRental(tx: Tx, id: string, now: Date): Promise<boolean> {
  await tx.$queryRaw`SELECT 1 FROM bids WHERE id = ${id} FOR NO KEY UPDATE`;
  const bid = await tx.bid.findUniqueOrThrow({ where: { id }, include: { booking: true } });
  const { booking } = bid;
  if (bid.state !== 'open' || booking?.desired !== 'ended') return false;
  const then = afterRental(bid, booking);
  if (then === 'closed') {
    const closedReason = booking.reason ?? 'renterEnded';
    await tx.bid.update({
      where: { id },
      data: { state: 'closed', waits: null, encryptedEnvironment: null, closedAt: now, closedReason, updatedAt: now },
    });
    const about = { userId: bid.renterId, bookingId: booking.id, machineId: booking.machineId };
    await recordEvent(tx, THE_MARKET, { kind: 'bid.closed', ...about, data: { bidId: id, reason: closedReason } }, now);
    return true;
  }
  const longer = then === 'waitsLonger';
  await tx.bid.update({
    where: { id },
    data: {
      bookingId: null,
      waits: longer ? 'machineFailed' : 'fresh',
      notBefore: longer ? addSeconds(now, TRY_AGAIN_SECONDS) : null,
      updatedAt: now,
    },
  });
  await tellListeners(tx, { user: bid.renterId });
  return true;
}

async function tell(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  if (booking.desired !== 'running' || booking.reason === 'interrupted' || isHostEnding(booking)) return false;
  await interruptBooking(tx, THE_MARKET, booking, { endsAt: booking.endsAt, yieldsFor: 'windowEnd' }, now);
  return true;
}

/** Rentals with statements whose price was not settled yet: the oldest of them a while ago, or all there will be for now. */
function chargedAbove(now: Date): Promise<{ id: string }[]> {
  return db.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b JOIN leases l ON l.booking_id = b.id
    WHERE b.kind = 'interruptible' AND l.settled_at IS NULL AND l.statement_sequence > l.returned_sequence
      AND EXISTS (
        SELECT 1 FROM statements s WHERE s.lease_id = l.id AND s.sequence > l.returned_sequence AND s.billed_gpu_seconds > 0
          AND (b.observed <> 'connectable' OR s.received_at <= ${addSeconds(now, -PRICE_BACK_SECONDS)}::timestamptz)
      )
    ORDER BY b.id`;
}

async function giveBack(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  if (booking.lease.settledAt !== null || !(await returnAbovePrice(tx, booking, now))) return false;
  await tellListeners(tx, { booking: id, user: booking.renterId });
  return true;
}
