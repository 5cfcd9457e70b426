import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { whyNotLockEnd, whyNotUnlockEnd } from './booking.ts';
import { lockBooking } from './lock-booking.ts';
import type { LockEndInput } from './schema.ts';

/**
 * The renter locks a booking against ending by hand, or unlocks it. While it is locked, ending it, giving it back and taking
 * its bid back are refused; the end of its time, an empty wallet, its host and staff still end it. Asking for what is so
 * already changes nothing. Refuses with `notFound`, or `notNow` for what has ended or runs a job.
 */
export async function lockEnd(actor: Actor, input: LockEndInput, world: World = theWorld): Promise<void> {
  const { bookingId, locked } = input;
  await inTransaction('lock end', async (tx) => {
    const now = world.now();
    const booking = await lockBooking(tx, { id: bookingId, renterId: actor.userId });
    if ((booking.endLockedAt !== null) === locked && booking.desired !== 'ended') return;
    refuseIf(locked ? whyNotLockEnd(booking) : whyNotUnlockEnd(booking));
    await tx.booking.update({ where: { id: bookingId }, data: { endLockedAt: locked ? now : null } });
    const kind = locked ? 'booking.endLocked' : 'booking.endUnlocked';
    const { machineId } = booking;
    await recordEvent(tx, actor, { kind, userId: actor.userId, bookingId, machineId }, now);
  });
}
