import type { AnyActor } from '#lib/base/actor.ts';
import { addSeconds, earliest, isBefore } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { askEnd } from './ask-end.ts';
import { isUnused, isYielding } from './booking.ts';
import type { LockedBooking } from './lock-booking.ts';
import { noteInVain } from './note-in-vain.ts';
import { isLowered } from './queries/put-outs.ts';
import { reviseLease } from './revise-lease.ts';
import { giveGpusBack } from './settle-lease.ts';
import { YIELDS_FOR, type YieldsFor } from './yields-for.ts';

/**
 * Step: an interruptible rental yields at `endsAt`: its window, and its lease, end there. Within the notice that the market
 * gives it is told, its machine signals it and warns open shells; before that, the notice comes when it is time. Then it is
 * stopped, its disk is kept. One that nobody could use yet is over at once, at no cost. Again is harmless. The booking is locked.
 */
export async function interruptBooking(
  tx: Tx,
  actor: AnyActor,
  booking: LockedBooking,
  { endsAt, yieldsFor }: { readonly endsAt: Date; readonly yieldsFor: YieldsFor },
  now: Date,
): Promise<void> {
  if (booking.desired !== 'running' || (isYielding(booking) && booking.endsAt <= endsAt)) return;
  const detail = YIELDS_FOR[yieldsFor];
  // Whoever lowers their bid again goes of their own will, also where others outbid it then.
  if (yieldsFor === 'ownBid' || (yieldsFor === 'outbid' && (await isLowered(tx, booking))))
    await noteInVain(tx, booking, { reason: null, endsAt }, now);
  if (isUnused(booking) || !isBefore(booking.startsAt, endsAt)) {
    await askEnd(tx, actor, booking, { reason: 'interrupted', detail, kind: 'booking.endAsked' }, now);
    await giveGpusBack(tx, booking.id, now);
    return;
  }
  const end = earliest(endsAt, booking.endsAt) ?? endsAt;
  await tx.$executeRaw`
    UPDATE allocations SET ends_at = greatest(starts_at, ${end}::timestamptz)
    WHERE booking_id = ${booking.id} AND ends_at > ${end}::timestamptz`;
  const told = !isBefore(addSeconds(now, env().interruptionNoticeSeconds), end);
  await tx.booking.update({
    where: { id: booking.id },
    data: { endsAt: end, ...(told ? { reason: 'interrupted', reasonDetail: detail } : {}) },
  });
  await reviseLease(tx, booking, { endsAt: end }, now);
  if (!told) return;
  await recordEvent(
    tx,
    actor,
    {
      kind: 'booking.interrupting',
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      data: { endsAt: end.toISOString(), yieldsFor, hostId: booking.hostId },
    },
    now,
  );
}
