import { minMicros } from '#lib/base/money.ts';
import type { Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { refundDrafts } from '#lib/ledger/transfer.ts';
import { aboveThePrice } from './bid.ts';
import type { LockedBooking } from './lock-booking.ts';
import { refundShare } from './refund.ts';

/**
 * Step: an interruptible rental is charged by its bid; what that is above the clearing price comes back here, as a credit that
 * the public log has: for each statement by the price that was in force when it began. Host and platform give back their
 * shares. Never more than what was charged and is neither back nor contested. Again is harmless. The booking is locked.
 * Answers whether anything came back.
 */
export async function returnAbovePrice(tx: Tx, booking: LockedBooking, now: Date): Promise<boolean> {
  // As it stands now: statements of this very transaction may have been charged since it was locked.
  const lease = await tx.lease.findUniqueOrThrow({
    where: { id: booking.lease.id },
    select: {
      id: true,
      statementSequence: true,
      returnedSequence: true,
      chargedMicros: true,
      refundedMicros: true,
      disputedMicros: true,
    },
  });
  if (lease.statementSequence <= lease.returnedSequence) return false;
  const used = await tx.statementRecord.findMany({
    where: { leaseId: lease.id, sequence: { gt: lease.returnedSequence }, billedGpuSeconds: { gt: 0 } },
    orderBy: { sequence: 'asc' },
    select: { billedGpuSeconds: true, startsAt: true },
  });
  const prices = await tx.bidPrice.findMany({
    where: { bookingId: booking.id },
    orderBy: { since: 'asc' },
    select: { since: true, microsPerGpuHour: true },
  });
  const spans = used.map(({ billedGpuSeconds, startsAt }) => ({ gpuSeconds: BigInt(billedGpuSeconds), startsAt }));
  const left = lease.chargedMicros - lease.refundedMicros - lease.disputedMicros;
  const micros = minMicros(aboveThePrice(booking.terms.priceMicrosPerGpuHour, spans, prices), left);
  await tx.lease.update({
    where: { id: lease.id },
    data: {
      returnedSequence: lease.statementSequence,
      ...(micros > 0n ? { refundedMicros: lease.refundedMicros + micros } : {}),
    },
  });
  if (micros <= 0n) return false;
  // A cap is over what it costs in the end: what came back may be spent again.
  if (booking.capMicros !== null)
    await tx.booking.update({ where: { id: booking.id }, data: { capMicros: booking.capMicros + micros } });
  await postTransfers(
    tx,
    refundDrafts({
      renterId: booking.renterId,
      hostId: booking.hostId,
      bookingId: booking.id,
      ...refundShare(lease.refundedMicros, micros, booking.terms.feeBasisPoints),
      reason: `The bid was above the clearing price: statements ${lease.returnedSequence + 1} to ${lease.statementSequence}.`,
      key: `above-price:${lease.id}:${lease.statementSequence}`,
    }),
    now,
  );
  return true;
}
