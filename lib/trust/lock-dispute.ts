import { Refusal } from '#lib/base/refusal.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import type { Tx } from '#lib/io/db.ts';
import type { About, DisputeState, Turn } from './dispute.ts';
import type { TalkFacts } from './dispute-move.ts';

/** A dispute and its booking, locked until the transaction ends. */
export type LockedDispute = TalkFacts & {
  readonly id: string;
  readonly about: About;
  readonly renterId: string;
  readonly hostId: string;
  readonly amountMicros: bigint;
  readonly hostMicros: bigint;
  readonly feeMicros: bigint;
  /** The number of the next move. */
  readonly nextNumber: number;
  readonly booking: LockedBooking;
};

/** Step: locks machine, booking and lease, as everybody does, and by that their disputes. Refuses with `notFound`. */
export async function lockDispute(tx: Tx, id: string): Promise<LockedDispute> {
  const found = await tx.dispute.findUnique({ where: { id }, select: { bookingId: true } });
  if (found === null) throw new Refusal('notFound');
  const booking = await lockBooking(tx, { id: found.bookingId });
  const { moves, ...dispute } = await tx.dispute.findUniqueOrThrow({
    where: { id },
    select: {
      id: true,
      state: true,
      about: true,
      turn: true,
      renterId: true,
      hostId: true,
      amountMicros: true,
      hostMicros: true,
      feeMicros: true,
      askedMicros: true,
      offeredMicros: true,
      answerUntil: true,
      hostSaidAt: true,
      moves: { select: { number: true, side: true } },
    },
  });
  const by = (side: string) => moves.filter((move) => move.side === side).length;
  return {
    ...dispute,
    state: dispute.state as DisputeState,
    about: dispute.about as About,
    turn: dispute.turn as Turn | null,
    movesOf: { renter: by('renter'), host: by('host') },
    nextNumber: Math.max(-1, ...moves.map(({ number }) => number)) + 1,
    booking,
  };
}
