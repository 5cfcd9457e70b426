import { formatDollars, type Micros, minMicros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { cancellationDrafts } from '#lib/ledger/transfer.ts';
import type { LockedBooking } from './lock-booking.ts';
import { machineFaultOf } from './queries/machine-fault.ts';
import { cancellationDue, type MachineFault } from './reserved.ts';
import { shareOf } from './terms.ts';

export type GivingBack = {
  /** What its renter was shown: where it costs more by now nothing happens. */
  readonly seenMicros?: Micros | undefined;
  /** True where what was to run in it is what ended it. */
  readonly byWorkload?: boolean;
};

export type GivenBack = {
  readonly booking: LockedBooking;
  readonly paidMicros: Micros;
  /** The host's part of it. */
  readonly hostMicros: Micros;
  /** Why it costs nothing, where the machine did not do its part; null when this made no difference. */
  readonly fault: MachineFault | null;
};

/**
 * Step: a reserved window is given back: what that costs goes from what is held to host and platform, at most what is held.
 * The booking is locked; the one that is answered holds so much less. Nothing where it does not run any more. Refuses with `priceChanged` where it costs more than
 * was seen. What it followed from is kept, for the bill.
 */
export async function payCancellation(
  tx: Tx,
  booking: LockedBooking,
  { seenMicros, byWorkload = false }: GivingBack,
  now: Date,
): Promise<GivenBack> {
  const { lease } = booking;
  // What has stopped by itself was given back then, or its machine's fault; its disk is all that is left to give.
  if (booking.desired !== 'running') return { booking, paidMicros: 0n, hostMicros: 0n, fault: null };
  const found = booking.kind === 'reserved' ? await machineFaultOf(tx, booking, now, { byWorkload }) : null;
  const paidMicros = minMicros(cancellationDue(booking, found, now), lease.heldMicros);
  const fault = cancellationDue(booking, null, now) > paidMicros ? found : null;
  if (seenMicros !== undefined && paidMicros > seenMicros)
    throw new Refusal(
      'priceChanged',
      { cancellationMicros: paidMicros.toString() },
      `Giving this window back costs ${formatDollars(paidMicros)} by now. Look at it, and decide again.`,
    );
  if (paidMicros === 0n) return { booking, paidMicros, hostMicros: 0n, fault };
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
  return { booking: { ...booking, lease: { ...lease, heldMicros } }, paidMicros, hostMicros, fault };
}

/** What an event says of a window that was given back: what that cost, or why it cost nothing. */
export function givenBackData({ paidMicros, hostMicros, fault }: Omit<GivenBack, 'booking'>) {
  return {
    ...(paidMicros === 0n ? {} : { cancellationMicros: paidMicros.toString(), hostMicros: hostMicros.toString() }),
    ...(fault === null
      ? {}
      : { [fault.kind === 'silent' ? 'machineSilentSince' : 'machineNotReadySince']: fault.since.toISOString() }),
  };
}
