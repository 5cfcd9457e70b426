import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { isByWorkload, isYielding } from './booking.ts';
import type { LockedBooking } from './lock-booking.ts';
import { isInVain, isNotTheRenters } from './put-out.ts';
import { isHeldAgainstImage } from './queries/blame.ts';
import { machineFaultOf } from './queries/machine-fault.ts';
import { isLowered } from './queries/put-outs.ts';
import { YIELDS_FOR } from './yields-for.ts';

export type RunEnd = {
  /** Why it is over; null: its renter's doing. */
  readonly reason: string | null;
  readonly exitCode?: number | null | undefined;
  /** When its GPUs go back, where that is later than now. */
  readonly endsAt?: Date | undefined;
  /** True where it is no doing of its renter's though the reason does not say so, or where they pay for it. */
  readonly excused?: boolean | undefined;
};

/**
 * Step: a run of a booking is over. Where interruptible rentals were put out for it and it came to nothing by its renter's doing, that
 * is counted, once. Nothing is asked of a booking for which nobody was put out. The booking is locked, and as it was before it ended.
 */
export async function noteInVain(tx: Tx, booking: LockedBooking, end: RunEnd, now: Date): Promise<void> {
  const { id, renterId, putOutAt, observed } = booking;
  if (putOutAt === null || booking.desired !== 'running' || end.excused === true) return;
  const reason = (await isOwnDoing(tx, booking, end.reason, now)) ? null : end.reason;
  if (isNotTheRenters(reason)) return;
  const first = await tx.allocation.aggregate({
    where: { bookingId: id, startsAt: { gte: putOutAt } },
    _min: { connectableAt: true },
  });
  const usedSince = first._min.connectableAt;
  const byWorkload = isByWorkload({ reason, exitCode: end.exitCode ?? null, startedAt: usedSince });
  const fault = await machineFaultOf(tx, { ...booking, startedAt: usedSince }, now, { byWorkload });
  const run = { reason, observed, usedSince, endsAt: end.endsAt ?? now };
  if (!isInVain(run, fault, env().interruptionNoticeSeconds)) return;
  await tx.putOutInVain.createMany({ data: { bookingId: id, putOutAt, renterId, overAt: now }, skipDuplicates: true });
}

/**
 * Whether an end that says of itself that it was not its renter's was theirs all the same: a start that failed by the image, as for who pays
 * (record 395), and a program that ended while its rental yielded to its own bid, or to another after that was lowered.
 */
async function isOwnDoing(tx: Tx, booking: LockedBooking, reason: string | null, now: Date): Promise<boolean> {
  if (reason === 'startFailed') return isHeldAgainstImage(tx, booking.id, reason, now);
  if (reason !== 'interrupted' || !isYielding(booking)) return false;
  const { reasonDetail } = booking;
  return reasonDetail === YIELDS_FOR.ownBid || (reasonDetail === YIELDS_FOR.outbid && (await isLowered(tx, booking)));
}
