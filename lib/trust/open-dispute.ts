import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import { refundShare } from '#lib/bookings/refund.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { contestDrafts } from '#lib/ledger/contest.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { ANSWER_DAYS, contestableMicros, contestProblem, textProblem, whyNotContest } from './dispute.ts';
import type { OpenDisputeInput } from './schema.ts';

/**
 * The renter contests what a booking cost, all of it or a part, once. What is contested leaves host and platform in the
 * shares in which they would refund it, and lies apart until an admin decides. Suspended people may: it is their money.
 * Refuses with `notNow` (bill open, seven days over, contested before, nothing to contest), `badInput` or `notFound`.
 */
export async function openDispute(
  actor: Actor,
  input: OpenDisputeInput,
  world: World = theWorld,
): Promise<{ readonly disputeId: string }> {
  const problem = textProblem(input.reason);
  if (problem !== null) throw new Refusal('badInput', { reason: problem });
  return inTransaction('open dispute', async (tx) => {
    const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
    return open(tx, actor, booking, input, world.now());
  });
}

async function open(tx: Tx, actor: Actor, booking: LockedBooking, input: OpenDisputeInput, now: Date) {
  const { lease, renterId, hostId } = booking;
  const earlier = await tx.dispute.findUnique({ where: { bookingId: booking.id }, select: { id: true } });
  const charge = { ...lease, contested: earlier !== null };
  refuseIf(whyNotContest(charge, now));
  const amountMicros = input.amountMicros ?? contestableMicros(charge);
  const wrong = contestProblem(charge, amountMicros);
  if (wrong !== null) throw new Refusal('badInput', { amountMicros: wrong });
  const parts = refundShare(lease.refundedMicros, amountMicros, booking.terms.feeBasisPoints);
  const id = newId('dispute', now);
  const reason = input.reason.trim();
  await tx.dispute.create({
    data: {
      id,
      bookingId: booking.id,
      renterId,
      hostId,
      state: 'open',
      amountMicros,
      ...parts,
      reason,
      openedAt: now,
      answerUntil: new Date(now.getTime() + ANSWER_DAYS * DAY),
    },
  });
  await tx.lease.update({ where: { id: lease.id }, data: { disputedMicros: amountMicros } });
  await postTransfers(tx, contestDrafts({ disputeId: id, bookingId: booking.id, renterId, hostId, parts }), now);
  await recordEvent(
    tx,
    actor,
    {
      kind: 'dispute.opened',
      userId: renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      reason,
      data: { disputeId: id, hostId, amountMicros: amountMicros.toString() },
    },
    now,
  );
  return { disputeId: id };
}
