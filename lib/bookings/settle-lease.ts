import type { Tx } from '#lib/io/db.ts';
import { releaseHold } from '#lib/ledger/hold-money.ts';
import { givePortsBack } from './choose-port.ts';
import type { LockedBooking } from './lock-booking.ts';
import { returnAbovePrice } from './return-above-price.ts';

/**
 * Step: gives a part of what is held for a booking back to its renter; the rest stays held. The booking is locked.
 * Amounts in micro-dollars.
 */
export async function releaseDownTo(tx: Tx, booking: LockedBooking, keptMicros: bigint, now: Date): Promise<void> {
  const { lease } = booking;
  const amountMicros = lease.heldMicros - keptMicros;
  if (amountMicros <= 0n) return;
  await tx.lease.update({ where: { id: lease.id }, data: { heldMicros: keptMicros } });
  await releaseHold(
    tx,
    {
      renterId: booking.renterId,
      bookingId: booking.id,
      holdId: lease.holdId,
      amountMicros,
      key: `release:${lease.id}:${booking.run}:${lease.statementSequence}:${booking.desired}:${now.getTime()}`,
    },
    now,
  );
}

/** Step: closes the bill of a booking: gives back what is left and bills nothing more. Again is harmless. */
export async function settleLease(tx: Tx, booking: LockedBooking, now: Date): Promise<void> {
  if (booking.lease.settledAt !== null) return;
  if (booking.kind === 'interruptible') await returnAbovePrice(tx, booking, now);
  await releaseDownTo(tx, booking, 0n, now);
  await tx.lease.update({ where: { id: booking.lease.id }, data: { settledAt: now } });
  await givePortsBack(tx, [booking.id]);
}

/** Step: the GPUs of a booking are free from now on. */
export async function giveGpusBack(tx: Tx, bookingId: string, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE allocations SET ends_at = greatest(starts_at, ${now}::timestamptz)
    WHERE booking_id = ${bookingId} AND ends_at > ${now}::timestamptz`;
}

/** Step: GPU time after an instant is not billed any more, though the GPUs are still taken. */
export async function billGpusUntil(tx: Tx, bookingId: string, until: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE allocations SET billable_until = least(billable_until, ${until}::timestamptz)
    WHERE booking_id = ${bookingId} AND ends_at > ${until}::timestamptz`;
}
