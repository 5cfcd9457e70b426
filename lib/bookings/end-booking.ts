import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { inTransaction } from '#lib/io/db.ts';
import { askEnd } from './ask-end.ts';
import { liesAhead, whyNotEndByRenter } from './booking.ts';
import { lockBooking } from './lock-booking.ts';
import { givenBackData, payCancellation } from './pay-cancellation.ts';
import type { EndBookingInput } from './schema.ts';

/**
 * The renter ends a booking: the GPU goes back, the disk is deleted, and nothing after this moment is billed. A reserved
 * window is given back by it, before it begins or within it, and what its terms say of that is paid. A suspended renter may
 * do it too. Refuses with `notFound`, `notNow`, `endLocked`, or
 * `priceChanged` when it costs more than was seen.
 */
export async function endBooking(actor: Actor, input: EndBookingInput, world: World = theWorld): Promise<void> {
  await inTransaction('end booking', async (tx) => {
    const now = world.now();
    const locked = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
    refuseIf(whyNotEndByRenter(locked));
    const paid = await payCancellation(tx, locked, { seenMicros: input.seenCancellationMicros }, now);
    const { booking } = paid;
    const ahead = liesAhead(booking, now);
    const { startsAt, endsAt } = booking;
    await askEnd(
      tx,
      actor,
      booking,
      {
        reason: ahead ? 'renterCancelled' : 'renterEnded',
        kind: ahead ? 'booking.cancelled' : 'booking.endAsked',
        excused: paid.paidMicros > 0n,
        data: {
          ...(ahead ? { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() } : {}),
          ...givenBackData(paid),
        },
      },
      now,
    );
  });
}
