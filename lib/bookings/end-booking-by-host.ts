import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { addSeconds, DAY, earliest, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { askEnd } from './ask-end.ts';
import { isUnused, whyNotEndByHost } from './booking.ts';
import { type LockedBooking, lockBooking } from './lock-booking.ts';
import { reasonGiven } from './reason.ts';
import { reviseLease } from './revise-lease.ts';
import type { EndByHostInput } from './schema.ts';
import { billGpusUntil } from './settle-lease.ts';
import { HOST_NOTICE_SECONDS, HOST_NOTICE_STOPPED_SECONDS } from './terms.ts';

/**
 * The host breaks a rental off with a reason that the renter reads. The renter keeps it for the notice (an hour running, a
 * day stopped; none when it was never usable), and from this moment on nothing of it is billed. What was left of its time,
 * a day at most, counts as silence of the machine. Refuses with `badInput`, `notNow` or `notFound`.
 */
export async function endBookingByHost(actor: Actor, input: EndByHostInput, world: World = theWorld): Promise<void> {
  const reason = reasonGiven(input.reason);
  await inTransaction('end booking by host', async (tx) => {
    const now = world.now();
    const booking = await lockBooking(tx, { id: input.bookingId, hostId: actor.userId });
    refuseIf(whyNotEndByHost(booking));
    if (isUnused(booking)) {
      await askEnd(tx, actor, booking, { reason: 'hostEnded', detail: reason, kind: 'booking.hostEnding' }, now);
    } else {
      await giveNotice(tx, actor, booking, reason, now);
    }
    await countAgainst(tx, booking, now);
  });
}

async function giveNotice(tx: Tx, actor: Actor, booking: LockedBooking, reason: string, now: Date): Promise<void> {
  const running = booking.desired === 'running';
  const notice = addSeconds(now, running ? HOST_NOTICE_SECONDS : HOST_NOTICE_STOPPED_SECONDS);
  const lastsUntil = earliest(notice, running ? booking.endsAt : booking.diskUntil) ?? notice;
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      reason: 'hostEnded',
      reasonDetail: reason,
      billable: 'nothing',
      ...(running ? { endsAt: lastsUntil } : {}),
      diskUntil: lastsUntil,
    },
  });
  await tx.lease.update({
    where: { id: booking.lease.id },
    data: { billableUntil: earliest(booking.lease.billableUntil, now) ?? now },
  });
  await billGpusUntil(tx, booking.id, now);
  if (running) {
    await tx.$executeRaw`
      UPDATE allocations SET ends_at = ${lastsUntil}::timestamptz
      WHERE booking_id = ${booking.id} AND ends_at > ${lastsUntil}::timestamptz`;
    await reviseLease(tx, booking, { endsAt: lastsUntil }, now);
  }
  await recordEvent(
    tx,
    actor,
    {
      kind: 'booking.hostEnding',
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      reason,
      data: { lastsUntil: lastsUntil.toISOString(), hostId: booking.hostId },
    },
    now,
  );
}

async function countAgainst(tx: Tx, booking: LockedBooking, now: Date): Promise<void> {
  if (booking.desired !== 'running' || booking.endsAt <= now) return;
  const { machineId, listingId } = booking;
  const span = { machineId, startsAt: now, endsAt: earliest(booking.endsAt, new Date(now.getTime() + DAY)) ?? now };
  await tx.silence.create({ data: { id: newId('silence', now), cause: 'hostEnded', ...span } });
  // Reliability is measured over offered time: whoever withdrew the machine first had promised this time all the same.
  const { state } = await tx.listing.findUniqueOrThrow({ where: { id: listingId }, select: { state: true } });
  if (state !== 'published') await tx.offer.create({ data: { id: newId('offer', now), ...span } });
}
