import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { inTransaction } from '#lib/io/db.ts';
import { askEnd } from './ask-end.ts';
import { whyNotEnd } from './booking.ts';
import { lockBooking } from './lock-booking.ts';
import type { BookingIdInput } from './schema.ts';

/**
 * The renter ends a booking: the GPU goes back, the disk is deleted, and nothing after this moment is billed. A suspended
 * renter may do it too. Refuses with `notFound` or `notNow`.
 */
export async function endBooking(actor: Actor, input: BookingIdInput, world: World = theWorld): Promise<void> {
  await inTransaction('end booking', async (tx) => {
    const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
    refuseIf(whyNotEnd(booking));
    await askEnd(tx, actor, booking, { reason: 'renterEnded', kind: 'booking.endAsked' }, world.now());
  });
}
