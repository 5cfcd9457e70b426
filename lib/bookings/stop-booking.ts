import type { Actor } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { inTransaction } from '#lib/io/db.ts';
import { askStop } from './ask-stop.ts';
import { whyNotStop } from './booking.ts';
import { lockBooking } from './lock-booking.ts';
import type { BookingIdInput } from './schema.ts';
import { STOPPED_SECONDS } from './terms.ts';

/**
 * The renter stops a booking: the GPUs go back, the disk is kept at its price, and no GPU time after this moment is
 * billed. Refuses with `notFound` or `notNow`.
 */
export async function stopBooking(actor: Actor, input: BookingIdInput, world: World = theWorld): Promise<void> {
  await inTransaction('stop booking', async (tx) => {
    const now = world.now();
    const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
    refuseIf(whyNotStop(booking, now));
    await askStop(
      tx,
      actor,
      booking,
      { reason: 'renterStopped', diskUntil: addSeconds(now, STOPPED_SECONDS), kind: 'booking.stopAsked' },
      now,
    );
  });
}
