import type { Actor } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { inTransaction } from '#lib/io/db.ts';
import { askStop } from './ask-stop.ts';
import { whyNotStop } from './booking.ts';
import { lockBooking } from './lock-booking.ts';
import { givenBackData, payCancellation } from './pay-cancellation.ts';
import type { EndBookingInput } from './schema.ts';
import { STOPPED_SECONDS } from './terms.ts';

/**
 * The renter stops a booking: the GPUs go back, the disk is kept at its price, and no GPU time after this moment is
 * billed. What was reserved and is stopped early costs what its terms say of giving it back. Refuses with `notFound`, `notNow`,
 * or `priceChanged` when that is more than was seen.
 */
export async function stopBooking(actor: Actor, input: EndBookingInput, world: World = theWorld): Promise<void> {
  await inTransaction('stop booking', async (tx) => {
    const now = world.now();
    const locked = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
    refuseIf(whyNotStop(locked, now));
    const paid = await payCancellation(tx, locked, { seenMicros: input.seenCancellationMicros }, now);
    await askStop(
      tx,
      actor,
      paid.booking,
      {
        reason: 'renterStopped',
        diskUntil: addSeconds(now, STOPPED_SECONDS),
        kind: 'booking.stopAsked',
        excused: paid.paidMicros > 0n,
        data: givenBackData(paid),
      },
      now,
    );
  });
}
