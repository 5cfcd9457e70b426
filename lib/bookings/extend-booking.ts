import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { whyNotExtend } from './booking.ts';
import { holdForLease, type LeaseHold } from './hold-for-lease.ts';
import { type LockedBooking, lockBooking } from './lock-booking.ts';
import { extensionProblem } from './queries/extension.ts';
import { renewHold } from './renew-hold.ts';
import { reviseLease } from './revise-lease.ts';
import type { ExtendBookingInput } from './schema.ts';

/**
 * The renter moves the end of a running booking to a later instant, while its GPUs are free until then. More money is set
 * aside as far as there is some: where it ends earlier, it ends earlier. A reserved window, begun or not, is held for as one that is booked
 * until that end would be, or it stays as it was: nobody has a calendar for an hour's money. Refuses with `gpuTaken`, `badInput` (too early, beyond 30 days, beyond the listing's
 * end or the host's hours, a cap that is too small for it), `notNow`, `listingGone`, `notFound`, and for such a window as `holdForLease` does.
 */
export async function extendBooking(actor: Actor, input: ExtendBookingInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  try {
    await inTransaction('extend booking', (tx) => extend(tx, actor, input, world.now()));
  } catch (error) {
    throw breaksConstraint(error, 'allocations_no_overlap') ? taken() : error;
  }
}

async function extend(tx: Tx, actor: Actor, input: ExtendBookingInput, now: Date): Promise<void> {
  const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
  refuseIf(whyNotExtend(booking, now));
  const { endsAt } = input;
  const problem = await extensionProblem(tx, booking, endsAt, now);
  if (problem?.reason === 'badInput') throw new Refusal('badInput', { endsAt: problem.sentence });
  refuseIf(problem);
  await tx.$executeRaw`
    UPDATE allocations SET ends_at = ${endsAt}::timestamptz WHERE booking_id = ${booking.id} AND ends_at = ${booking.endsAt}::timestamptz`;
  await tx.booking.update({ where: { id: booking.id }, data: { endsAt } });
  const hold =
    booking.kind === 'reserved'
      ? await holdForWindow(tx, booking, endsAt, now)
      : await renewHold(tx, booking, endsAt, now);
  const ceiling = hold === null ? {} : { ceilingMicros: hold.ceilingMicros };
  await reviseLease(tx, booking, { endsAt, ...ceiling }, now);
  await recordEvent(
    tx,
    actor,
    {
      kind: 'booking.extended',
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      data: { endsAt: endsAt.toISOString(), before: booking.endsAt.toISOString(), hostId: booking.hostId },
    },
    now,
  );
}

async function holdForWindow(tx: Tx, booking: LockedBooking, endsAt: Date, now: Date): Promise<LeaseHold> {
  const { id: bookingId, renterId, terms, capMicros, startsAt, lease } = booking;
  const key = `hold:${lease.id}:extended:${endsAt.getTime()}:${now.getTime()}`;
  const ask = { renterId, bookingId, terms, capMicros, startsAt, endsAt, whole: true, lease, key };
  const hold = await holdForLease(tx, ask, now);
  await tx.lease.update({ where: { id: lease.id }, data: { heldMicros: hold.heldMicros } });
  return hold;
}

function taken(): Refusal {
  return new Refusal(
    'gpuTaken',
    {},
    'Somebody else has a GPU of this rental for a part of that time. It stays as it was.',
  );
}
