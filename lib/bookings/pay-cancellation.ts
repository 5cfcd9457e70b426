import { formatDollars, type Micros, minMicros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { cancellationDrafts } from '#lib/ledger/transfer.ts';
import type { LockedBooking } from './lock-booking.ts';
import { absenceOf } from './queries/absence.ts';
import { cancellationDue } from './reserved.ts';
import { shareOf } from './terms.ts';

/**
 * Step: a reserved window is given back: what that costs goes from what is held to host and platform, at most what is held.
 * The booking is locked; the one that is answered holds so much less. `hostMicros` is the
 * host's part of it. `machineSilentSince` says that it costs nothing because the machine was not there, null that this made no
 * difference. `seenMicros` is what its renter was shown: where it
 * costs more by now nothing happens, and it refuses with `priceChanged`. What it followed from is kept, for the bill.
 */
export async function payCancellation(
  tx: Tx,
  booking: LockedBooking,
  seenMicros: Micros | undefined,
  now: Date,
): Promise<{
  readonly booking: LockedBooking;
  readonly paidMicros: Micros;
  readonly hostMicros: Micros;
  readonly machineSilentSince: Date | null;
}> {
  const { lease } = booking;
  const absent = booking.kind === 'reserved' ? await absenceOf(tx, booking, now) : null;
  const paidMicros = minMicros(cancellationDue(booking, absent, now), lease.heldMicros);
  const machineSilentSince = cancellationDue(booking, null, now) > paidMicros ? absent : null;
  if (seenMicros !== undefined && paidMicros > seenMicros)
    throw new Refusal(
      'priceChanged',
      { cancellationMicros: paidMicros.toString() },
      `Giving this window back costs ${formatDollars(paidMicros)} by now. Look at it, and decide again.`,
    );
  if (paidMicros === 0n) return { booking, paidMicros, hostMicros: 0n, machineSilentSince };
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
  return { booking: { ...booking, lease: { ...lease, heldMicros } }, paidMicros, hostMicros, machineSilentSince };
}

/** What an event says of a window that was given back: what that cost, or why it cost nothing. */
export function givenBackData({
  paidMicros,
  hostMicros,
  machineSilentSince,
}: Pick<Awaited<ReturnType<typeof payCancellation>>, 'paidMicros' | 'hostMicros' | 'machineSilentSince'>) {
  return {
    ...(paidMicros === 0n ? {} : { cancellationMicros: paidMicros.toString(), hostMicros: hostMicros.toString() }),
    ...(machineSilentSince === null ? {} : { machineSilentSince: machineSilentSince.toISOString() }),
  };
}
