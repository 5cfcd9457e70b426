import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { formatDollars, type Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { refundDrafts } from '#lib/ledger/transfer.ts';
import { askEnd } from './ask-end.ts';
import { whyNotEnd } from './booking.ts';
import { type LockedBooking, lockBooking } from './lock-booking.ts';
import { reasonGiven } from './reason.ts';
import { refundShare } from './refund.ts';
import type { EndByStaffInput } from './schema.ts';

/**
 * Staff ends a booking, or gives money of one that has ended back, with a reason that both sides read. Host and platform
 * give back in the shares in which they were paid. `refundMicros` null refunds nothing, `all` what was charged so far.
 * Refuses with `forbidden` (also to a renter who is an admin and would refund themselves), `notFound`, `badInput`, `conflict`
 * when more was given back than the asker saw, or `notNow` when there is nothing to do.
 */
export async function endBookingByStaff(actor: Actor, input: EndByStaffInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const reason = reasonGiven(input.reason);
  await inTransaction('end booking by staff', async (tx) => {
    const now = world.now();
    const booking = await lockBooking(tx, { id: input.bookingId });
    const micros = refundAsked(booking, input.refundMicros);
    if (micros > 0n) refuseRefund(actor, booking, input);
    const why = whyNotEnd(booking);
    if (why !== null && micros === 0n) throw new Refusal(why.reason, {}, why.sentence);
    if (micros > 0n) await refund(tx, booking, micros, reason, now);
    const data = { refundMicros: micros.toString() };
    if (why === null) {
      await askEnd(tx, actor, booking, { reason: 'staffEnded', detail: reason, kind: 'booking.endAsked', data }, now);
      return;
    }
    const about = { userId: booking.renterId, bookingId: booking.id, machineId: booking.machineId };
    const event = { kind: 'booking.refunded', ...about, reason, data: { ...data, hostId: booking.hostId } } as const;
    await recordEvent(tx, actor, event, now);
  });
}

function refuseRefund(actor: Actor, { renterId, lease }: LockedBooking, { seenRefundedMicros }: EndByStaffInput): void {
  if (actor.userId === renterId)
    throw new Refusal('forbidden', {}, 'You rented it yourself: another admin decides what you get back.');
  if (seenRefundedMicros !== undefined && seenRefundedMicros !== lease.refundedMicros)
    throw new Refusal(
      'conflict',
      {},
      `${formatDollars(lease.refundedMicros)} were given back by now. Load the page again and look: nothing was given back this time.`,
    );
}

function refundAsked(booking: LockedBooking, asked: EndByStaffInput['refundMicros']): Micros {
  const { chargedMicros, refundedMicros, disputedMicros } = booking.lease;
  // What is contested is given back by the decision, and only by it.
  const left = chargedMicros - refundedMicros - disputedMicros;
  if (asked === 'all') return left;
  if (asked === null) return 0n;
  if (asked < 0n || asked > left)
    throw new Refusal('badInput', {
      refundMicros: `At most ${formatDollars(left)} can be given back.${disputedMicros === 0n ? '' : ` ${formatDollars(disputedMicros)} more is contested: decide the dispute.`}`,
    });
  return asked;
}

async function refund(tx: Tx, booking: LockedBooking, micros: Micros, reason: string, now: Date): Promise<void> {
  const { lease } = booking;
  const share = refundShare(lease.refundedMicros, micros, booking.terms.feeBasisPoints);
  await tx.lease.update({ where: { id: lease.id }, data: { refundedMicros: lease.refundedMicros + micros } });
  await postTransfers(
    tx,
    refundDrafts({
      renterId: booking.renterId,
      hostId: booking.hostId,
      bookingId: booking.id,
      ...share,
      reason,
      // What was refunded before tells one refund from the next: two at once wait for the lock and see each other.
      key: `refund:${lease.id}:${lease.refundedMicros}`,
    }),
    now,
  );
}
