import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import { refundShare } from '#lib/bookings/refund.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { contestDrafts } from '#lib/ledger/contest.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { chargeFacts, moneyColumns, moneyOf } from './charge-facts.ts';
import { contestableMicros, contestProblem, textProblem, whyNotContest } from './dispute.ts';
import { firstDeadline } from './dispute-move.ts';
import { marketEvidence, type NewEvidence } from './evidence.ts';
import { telemetryOf } from './queries/telemetry.ts';
import type { OpenDisputeInput } from './schema.ts';
import { ownEvidence, writeMove } from './write-move.ts';

/**
 * The renter contests what a booking cost, all of it or a part that was not contested before. What is contested leaves host and
 * platform in the shares in which they would refund it, and lies apart until the dispute ends. The market lays down what it
 * recorded of the rental, and what its rule proposes. Suspended people may: it is their money. Refuses with `notNow` (bill open,
 * time over, a dispute about it open, nothing to contest), `badInput` or `notFound`.
 */
export async function openDispute(
  actor: Actor,
  input: OpenDisputeInput,
  world: World = theWorld,
): Promise<{ readonly disputeId: string }> {
  const problem = textProblem(input.reason);
  if (problem !== null) throw new Refusal('badInput', { reason: problem });
  const own = ownEvidence(input.evidence ?? null, input.file ?? null);
  return inTransaction('open dispute', async (tx) => {
    const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
    return open(tx, actor, booking, input, own, world.now());
  });
}

async function open(
  tx: Tx,
  actor: Actor,
  booking: LockedBooking,
  input: OpenDisputeInput,
  own: readonly NewEvidence[],
  now: Date,
) {
  const { lease, renterId, hostId } = booking;
  const about = input.about ?? 'use';
  const earlier = await tx.dispute.findMany({
    where: { bookingId: booking.id },
    select: { about: true, state: true, amountMicros: true, givenMicros: true, decidedAt: true },
  });
  const charge = chargeFacts(lease, about, earlier);
  refuseIf(whyNotContest(charge, now));
  const amountMicros = input.amountMicros ?? contestableMicros(charge);
  const wrong = contestProblem(charge, amountMicros);
  if (wrong !== null) throw new Refusal('badInput', { amountMicros: wrong });
  const { refundedMicros } = moneyOf(lease, about);
  const parts = refundShare(refundedMicros, amountMicros, booking.terms.feeBasisPoints);
  const telemetry = await telemetryOf(tx, booking, now);
  const id = newId('dispute', now);
  const reason = input.reason.trim();
  const proposedMicros = about === 'use' ? telemetry.proposedMicros : 0n;
  await tx.dispute.create({
    data: {
      ...{ id, bookingId: booking.id, renterId, hostId, about, amountMicros, ...parts, reason, proposedMicros },
      ...{ state: 'open', turn: 'host', askedMicros: amountMicros, openedAt: now, answerUntil: firstDeadline(now) },
    },
  });
  const move = { disputeId: id, number: 0, side: 'renter', actorId: renterId, move: 'opened' } as const;
  await writeMove(tx, { ...move, amountMicros, text: reason, evidence: own }, now);
  await layDown(tx, id, marketEvidence(telemetry), now);
  await tx.lease.update({ where: { id: lease.id }, data: moneyColumns(about, refundedMicros, amountMicros) });
  const contest = { disputeId: id, about, bookingId: booking.id, renterId, hostId, parts };
  await postTransfers(tx, contestDrafts(contest), now);
  const event = {
    kind: 'dispute.opened',
    userId: renterId,
    bookingId: booking.id,
    machineId: booking.machineId,
  } as const;
  const data = { disputeId: id, hostId, amountMicros: amountMicros.toString() };
  await recordEvent(tx, actor, { ...event, reason, data }, now);
  return { disputeId: id };
}

/** What the market recorded is a move of its own: nobody said it. */
async function layDown(tx: Tx, disputeId: string, evidence: readonly NewEvidence[], now: Date): Promise<void> {
  const text = 'What the market recorded of this rental, as it was when the charge was contested.';
  const move = { disputeId, number: 1, side: 'market', actorId: null, move: 'recorded' } as const;
  await writeMove(tx, { ...move, amountMicros: null, text, evidence }, now);
}
