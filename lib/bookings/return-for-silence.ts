import { THE_MARKET } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { cancellationBackDrafts } from '#lib/ledger/transfer.ts';
import { type LockedBooking, lockBookingsOn } from './lock-booking.ts';
import { refundShare } from './refund.ts';
import { absentSince, type MachineSilence } from './reserved.ts';

/**
 * Step: a machine turns out to be silent since an instant. Whoever gave a window on it back after that, when nobody knew yet,
 * paid for a machine that was not there: what it cost and is neither back nor contested comes back, from host and platform in
 * their shares. Again is harmless. The machine is locked.
 */
export async function returnForSilence(tx: Tx, machineId: string, since: Date, now: Date): Promise<void> {
  const given = await tx.givenBackWindow.findMany({
    // Until the lock was had, not until the look began: whoever came in between came after the silence began as well.
    where: { at: { gt: since }, lease: { machineId, cancellationMicros: { gt: 0n } } },
    select: { at: true, startedAt: true, lease: { select: { bookingId: true } } },
  });
  const bookingIds = given.map(({ lease }) => lease.bookingId);
  const silence: MachineSilence = { startsAt: since, endsAt: null };
  for (const booking of await lockBookingsOn(tx, machineId, { bookingIds })) {
    const one = given.find(({ lease }) => lease.bookingId === booking.id);
    if (one === undefined) continue;
    const { startsAt } = booking;
    if (absentSince({ startsAt, startedAt: one.startedAt }, [silence], one.at) !== null)
      await payBack(tx, booking, since, now);
  }
}

async function payBack(tx: Tx, booking: LockedBooking, since: Date, now: Date): Promise<void> {
  const { lease, renterId, hostId, machineId } = booking;
  const { cancellationMicros, cancellationRefundedMicros, cancellationDisputedMicros } = lease;
  const micros = cancellationMicros - cancellationRefundedMicros - cancellationDisputedMicros;
  if (micros <= 0n) return;
  const shares = refundShare(cancellationRefundedMicros, micros, booking.terms.feeBasisPoints);
  const reason = `The machine was silent when the window was given back: ${formatDollars(micros)} came back.`;
  const back = { renterId, hostId, bookingId: booking.id, ...shares, reason, key: `silent-window:${lease.id}` };
  await postTransfers(tx, cancellationBackDrafts(back), now);
  await tx.lease.update({
    where: { id: lease.id },
    data: { cancellationRefundedMicros: cancellationRefundedMicros + micros },
  });
  const about = { userId: renterId, bookingId: booking.id, machineId };
  const data = {
    hostId,
    micros: micros.toString(),
    hostMicros: shares.hostMicros.toString(),
    machineSilentSince: since.toISOString(),
  };
  await recordEvent(tx, THE_MARKET, { kind: 'booking.cancellationReturned', ...about, data }, now);
}
