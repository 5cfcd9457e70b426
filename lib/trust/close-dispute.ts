import type { Micros } from '#lib/base/money.ts';
import { refundShare } from '#lib/bookings/refund.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { decisionDrafts } from '#lib/ledger/contest.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { moneyColumns, moneyOf } from './charge-facts.ts';
import { type Ending, outcomeOf } from './dispute.ts';
import type { LockedDispute } from './lock-dispute.ts';

export type Close = {
  readonly how: Ending;
  /** What the renter gets of what was contested. */
  readonly givenMicros: Micros;
  /** What both sides read, and the credit in the public log says. */
  readonly reason: string;
};

/**
 * Step: ends a dispute, however it ends: the renter's part becomes a credit (of use: in the public log), the rest goes back to
 * host and platform, each to its share. Its move is written by whoever calls this.
 */
export async function closeDispute(
  tx: Tx,
  actor: { readonly userId: string | null },
  dispute: LockedDispute,
  { how, givenMicros, reason }: Close,
  now: Date,
): Promise<void> {
  const { booking, about, amountMicros, hostMicros, feeMicros } = dispute;
  const { lease, renterId, hostId } = booking;
  const outcome = outcomeOf(givenMicros, amountMicros);
  await tx.dispute.update({
    where: { id: dispute.id },
    data: {
      ...{ state: 'decided', turn: null, outcome, givenMicros, how, decision: reason, decidedAt: now },
      decidedById: how === 'admin' ? actor.userId : null,
    },
  });
  const { refundedMicros, disputedMicros } = moneyOf(lease, about);
  const given = refundShare(refundedMicros, givenMicros, booking.terms.feeBasisPoints);
  await tx.lease.update({
    where: { id: lease.id },
    data: moneyColumns(about, refundedMicros + givenMicros, disputedMicros - amountMicros),
  });
  const parts = { hostMicros, feeMicros };
  const contest = { disputeId: dispute.id, about, bookingId: booking.id, renterId, hostId, parts };
  await postTransfers(tx, decisionDrafts(contest, given, reason), now);
  await recordEvent(
    tx,
    actor,
    {
      kind: how === 'admin' ? 'dispute.decided' : 'dispute.settled',
      userId: renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      reason,
      data: {
        ...{ disputeId: dispute.id, hostId, outcome, how },
        amountMicros: amountMicros.toString(),
        givenMicros: givenMicros.toString(),
      },
    },
    now,
  );
}
