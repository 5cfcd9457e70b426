import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { whyNotEnd } from '#lib/bookings/booking.ts';
import { lockBooking } from '#lib/bookings/lock-booking.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { SetIdleGuardInput } from './schema.ts';

/**
 * The renter says whether a booking is to be stopped when its GPUs idle; one that idles already is stopped with the next look.
 * Refuses with `notFound`, or `notNow` once it has ended.
 */
export async function setIdleGuard(actor: Actor, input: SetIdleGuardInput, world: World = theWorld): Promise<void> {
  const { bookingId, stops } = input;
  await inTransaction('set idle guard', async (tx) => {
    const booking = await lockBooking(tx, { id: bookingId, renterId: actor.userId });
    refuseIf(whyNotEnd(booking));
    const before = await tx.idleGuard.findUnique({ where: { bookingId }, select: { stops: true } });
    if ((before?.stops ?? false) === stops) return;
    await tx.idleGuard.upsert({ where: { bookingId }, create: { bookingId, stops }, update: { stops } });
    const { machineId } = booking;
    const about = {
      kind: 'booking.idleGuardSet',
      userId: actor.userId,
      bookingId,
      machineId,
      data: { stops },
    } as const;
    await recordEvent(tx, actor, about, world.now());
  });
}
