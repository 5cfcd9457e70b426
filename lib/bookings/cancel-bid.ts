import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { askEnd } from './ask-end.ts';
import { whyNotCancelBid } from './bid.ts';
import { whyNotEnd, whyNotEndByRenter } from './booking.ts';
import { lockBooking } from './lock-booking.ts';
import type { BidIdInput } from './schema.ts';

/**
 * A renter takes a bid back; its rental, if it has one, ends: nothing after now is billed and its disk is deleted. One that is
 * being placed at this moment ends too. Suspended renters may. Refuses with `notFound`, `notNow`, or `endLocked` when its rental is.
 */
export async function cancelBid(actor: Actor, input: BidIdInput, world: World = theWorld): Promise<void> {
  // A machine is locked before a bid: when the bid got its rental meanwhile, everything is looked at once more.
  while (!(await inTransaction('cancel bid', (tx) => cancel(tx, actor, input.bidId, world.now()))));
}

async function cancel(tx: Tx, actor: Actor, id: string, now: Date): Promise<boolean> {
  const where = { id, renterId: actor.userId };
  const seen = await tx.bid.findFirst({ where, select: { bookingId: true } });
  if (seen === null) throw new Refusal('notFound');
  const booking = seen.bookingId === null ? null : await lockBooking(tx, { id: seen.bookingId });
  await tx.$queryRaw`SELECT 1 FROM bids WHERE id = ${id} FOR NO KEY UPDATE`;
  const bid = await tx.bid.findFirstOrThrow({ where, select: { bookingId: true, state: true } });
  if (bid.bookingId !== seen.bookingId) return false;
  refuseIf(whyNotCancelBid(bid));
  if (booking !== null && whyNotEnd(booking) === null) refuseIf(whyNotEndByRenter(booking));
  await tx.bid.update({
    where: { id },
    data: {
      state: 'closed',
      waits: null,
      encryptedEnvironment: null,
      closedAt: now,
      closedReason: 'cancelled',
      updatedAt: now,
    },
  });
  if (booking !== null && whyNotEnd(booking) === null)
    await askEnd(tx, actor, booking, { reason: 'renterEnded', kind: 'booking.endAsked' }, now);
  const about = { userId: actor.userId, bookingId: booking?.id, machineId: booking?.machineId };
  await recordEvent(tx, actor, { kind: 'bid.closed', ...about, data: { bidId: id, reason: 'cancelled' } }, now);
  return true;
}
