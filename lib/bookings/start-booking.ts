import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { lockOffer } from '#lib/catalogue/lock-offer.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { INTERRUPTED_DISK_SECONDS } from './bid.ts';
import { whyNotStart } from './booking.ts';
import { type LockedBooking, lockBooking } from './lock-booking.ts';
import { restartBooking } from './restart-booking.ts';
import type { StartBookingInput } from './schema.ts';
import { takeGpus } from './take-gpus.ts';

/**
 * The renter starts a stopped booking: GPUs of the same machine are taken if they are free, money is held as for a new one,
 * and the lease gets a new revision. Prices stay those of the booking. `capMicros` left out keeps the cap, null takes it away.
 * An interruptible rental bids again instead, without time or cap.
 * Refuses with `gpuTaken` (`freeAt`: when one comes back at the latest), `putOutInVain`, `insufficientFunds`, `listingGone`,
 * `machineNotReady`, `notNow`, `badInput` or `notFound`.
 */
export async function startBooking(actor: Actor, input: StartBookingInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  try {
    await inTransaction('start booking', (tx) => start(tx, actor, input, world.now()));
  } catch (error) {
    throw breaksConstraint(error, 'allocations_no_overlap') ? new Refusal('gpuTaken') : error;
  }
}

async function start(tx: Tx, actor: Actor, input: StartBookingInput, now: Date): Promise<void> {
  const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
  refuseIf(whyNotStart(booking, now));
  if (booking.kind === 'interruptible') return bidAgain(tx, actor, booking, now);
  const { terms } = booking;
  const capMicros = input.capMicros === undefined ? booking.capMicros : input.capMicros;
  const offer = await lockOffer(tx, booking.listingId, now);
  if (offer === undefined) throw new Refusal('listingGone');
  const wish = { renterId: actor.userId, durationSeconds: input.durationSeconds, terms, again: true };
  const taken = await takeGpus(tx, offer, wish, now);
  await restartBooking(tx, actor, booking, { ...taken, capMicros }, now);
}

/** An interruptible rental does not start by itself: its bid takes part in the clearings again. */
async function bidAgain(tx: Tx, actor: Actor, booking: LockedBooking, now: Date): Promise<void> {
  const diskUntil = addSeconds(now, INTERRUPTED_DISK_SECONDS);
  await tx.booking.update({
    where: { id: booking.id },
    data: { reason: 'interrupted', reasonDetail: null, diskUntil, warnedSeconds: null },
  });
  await tx.bid.updateMany({
    where: { bookingId: booking.id },
    data: { waits: 'fresh', notBefore: null, updatedAt: now },
  });
  const about = { userId: booking.renterId, bookingId: booking.id, machineId: booking.machineId };
  await recordEvent(tx, actor, { kind: 'bid.resumed', ...about, data: { hostId: booking.hostId } }, now);
}
