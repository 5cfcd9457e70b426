import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { reasonGiven } from '#lib/bookings/reason.ts';
import { refundShare } from '#lib/bookings/refund.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { decisionDrafts } from '#lib/ledger/contest.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { type Decision, decisionOf, whyNotDecide } from './dispute.ts';
import { type LockedDispute, lockDispute } from './lock-dispute.ts';
import type { DecideDisputeInput } from './schema.ts';

/**
 * An admin who is no party decides a dispute, once: what the renter gets back of what was contested, with a reason that both
 * sides read. The renter's part becomes a credit in the public log; the rest goes back to host and platform. Refuses with
 * `forbidden`, `caseClaimed`, `conflict` (changed since `seen`), `notNow` (decided already, or the host still has time to answer), `badInput` (`part`, `reason`) or `notFound`.
 */
export async function decideDispute(actor: Actor, input: DecideDisputeInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const reason = reasonGiven(input.reason);
  await inTransaction('decide dispute', async (tx) => {
    const now = world.now();
    const dispute = await lockDispute(tx, input.disputeId);
    await settleCase(tx, actor, { kind: 'dispute', id: dispute.id }, input.seen, now);
    refuseIf(whyNotDecide(dispute, actor.userId, now));
    const decision = decisionOf(input.outcome, dispute.amountMicros, input.partMicros);
    if (typeof decision === 'string') throw new Refusal('badInput', { partMicros: decision });
    await tx.dispute.update({
      where: { id: dispute.id },
      data: { state: 'decided', ...decision, decision: reason, decidedById: actor.userId, decidedAt: now },
    });
    await settle(tx, dispute, decision, reason, now);
    const { booking } = dispute;
    await recordEvent(
      tx,
      actor,
      {
        kind: 'dispute.decided',
        userId: booking.renterId,
        bookingId: booking.id,
        machineId: booking.machineId,
        reason,
        data: {
          disputeId: dispute.id,
          hostId: booking.hostId,
          outcome: decision.outcome,
          amountMicros: dispute.amountMicros.toString(),
          givenMicros: decision.givenMicros.toString(),
        },
      },
      now,
    );
  });
}

async function settle(
  tx: Tx,
  dispute: LockedDispute,
  { givenMicros }: Decision,
  reason: string,
  now: Date,
): Promise<void> {
  const { booking, hostMicros, feeMicros } = dispute;
  const { lease, renterId, hostId } = booking;
  const given = refundShare(lease.refundedMicros, givenMicros, booking.terms.feeBasisPoints);
  await tx.lease.update({
    where: { id: lease.id },
    data: {
      disputedMicros: lease.disputedMicros - dispute.amountMicros,
      refundedMicros: lease.refundedMicros + givenMicros,
    },
  });
  const contest = { disputeId: dispute.id, bookingId: booking.id, renterId, hostId, parts: { hostMicros, feeMicros } };
  await postTransfers(tx, decisionDrafts(contest, given, reason), now);
}
