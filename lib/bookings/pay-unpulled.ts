import { earliest } from '#lib/base/time.ts';
import type { Tx } from '#lib/io/db.ts';
import type { LockedBooking } from './lock-booking.ts';
import { type GivenBack, payCancellation } from './pay-cancellation.ts';
import { waitedForImage } from './queries/machine-fault.ts';

/**
 * Step: a window is over in which nothing ever could be used. Where its machine went for the image in time, and that did not come
 * from a registry that may be its renter's own, it was given back by what was to run in it, in its last moment: what that costs
 * is paid. Null where nothing is. The booking is locked.
 */
export async function payUnpulled(tx: Tx, booking: LockedBooking, now: Date): Promise<GivenBack | null> {
  if (booking.kind !== 'reserved' || booking.startedAt !== null || booking.desired !== 'running') return null;
  if (!(await waitedForImage(tx, booking, now))) return null;
  const inIt = earliest(now, new Date(booking.endsAt.getTime() - 1)) ?? now;
  return payCancellation(tx, booking, { byWorkload: true }, inIt);
}
