import { formatDollars, type Micros, minMicros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { cancellationDrafts } from '#lib/ledger/transfer.ts';
import type { LockedBooking } from './lock-booking.ts';
import { cancellationDue } from './reserved.ts';
import { shareOf } from './terms.ts';

/**
 * Step: a reserved window is given back: what that costs goes from what is held to host and platform, at most what is held.
 * The booking is locked; the one that is answered holds so much less. `hostMicros` is the
 * host's part of it. `seenMicros` is what its renter was shown: where it
 * costs more by now nothing happens, and it refuses with `priceChanged`. What it followed from is kept, for the bill.
 */
export async function payCancellation(
  tx: Tx,
  booking: LockedBooking,
  seenMicros: Micros | undefined,
  now: Date,
): Promise<{ readonly booking: LockedBooking; readonly paidMicros: Micros; readonly hostMicros: Micros }> {
  const { lease } = booking;
  const paidMicros = minMicros(cancellationDue(booking, now), lease.heldMicros);
  if (seenMicros !== undefined && paidMicros > seenMicros)
    throw new Refusal(
      'priceChanged',
      { cancellationMicros: paidMicros.toString() },
      `Giving this window back costs ${formatDollars(paidMicros)} by now. Look at it, and decide again.`,
    );
  if (paidMicros === 0n) return { booking, paidMicros, hostMicros: 0n };
  const { hostMicros, feeMicros } = shareOf(paidMicros, booking.terms.feeBasisPoints);
  const drafts = cancellationDrafts({
    renterId: booking.renterId,
    hostId: booking.hostId,
    bookingId: booking.id,
    holdId: lease.holdId,
    creditMicros: hostMicros,
    feeMicros,
    key: `cancellation:${lease.id}`,
  });
  await postTransfers(tx, drafts, now);
  const heldMicros = lease.heldMicros - paidMicros;
  await tx.lease.update({
    where: { id: lease.id },
    data: { heldMicros, cancellationMicros: paidMicros, cancellationFeeMicros: feeMicros },
  });
  const { permit, signature } = await tx.lease.findUniqueOrThrow({
    where: { id: lease.id },
    select: { permit: true, signature: true },
  });
  await tx.givenBackWindow.create({
    data: {
      leaseId: lease.id,
      at: now,
      startedAt: booking.startedAt,
      statements: lease.statementSequence + 1,
      heldMicros: lease.heldMicros,
      permit,
      signature,
    },
  });
  return { booking: { ...booking, lease: { ...lease, heldMicros } }, paidMicros, hostMicros };
}
