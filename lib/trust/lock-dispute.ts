import { Refusal } from '#lib/base/refusal.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import type { Tx } from '#lib/io/db.ts';
import type { DisputeFacts, DisputeState } from './dispute.ts';

/** A dispute and its booking, locked until the transaction ends. */
export type LockedDispute = DisputeFacts & {
  readonly id: string;
  readonly amountMicros: bigint;
  readonly hostMicros: bigint;
  readonly feeMicros: bigint;
  readonly dueToldAt: Date | null;
  readonly booking: LockedBooking;
};

/** Step: locks machine, booking and lease, as everybody does, and by that their dispute. Refuses with `notFound`. */
export async function lockDispute(tx: Tx, id: string): Promise<LockedDispute> {
  const found = await tx.dispute.findUnique({ where: { id }, select: { bookingId: true } });
  if (found === null) throw new Refusal('notFound');
  const booking = await lockBooking(tx, { id: found.bookingId });
  const dispute = await tx.dispute.findUniqueOrThrow({
    where: { id },
    select: {
      id: true,
      state: true,
      renterId: true,
      hostId: true,
      amountMicros: true,
      hostMicros: true,
      feeMicros: true,
      answerUntil: true,
      hostSaidAt: true,
      renterSaidAt: true,
      dueToldAt: true,
    },
  });
  return { ...dispute, state: dispute.state as DisputeState, booking };
}
