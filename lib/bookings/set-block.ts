import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { blockProblems } from '#lib/catalogue/calendar-rules.ts';
import { keepRules } from '#lib/catalogue/keep-rules.ts';
import { lockOwnMachine } from '#lib/catalogue/lock-machine.ts';
import type { SetBlockInput } from '#lib/catalogue/schema.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { inTheWay, whyNotShorten } from './in-the-way.ts';
import { interruptBooking } from './interrupt-booking.ts';
import { type LockedBooking, lockBookingsOn } from './lock-booking.ts';
import { reviseLease } from './revise-lease.ts';

export type BlockSet = {
  readonly blockId: string;
  /** Rentals that end earlier by it, as their terms allow. */
  readonly shortened: number;
};

/**
 * A host takes time out of the calendar of a machine. What is booked in it stands in the way, and the refusal says what. Only
 * maintenance that is announced as long before as the terms of a rental on demand say ends that rental where it begins, and
 * its renter is told; a reserved window is never cut. Refuses with `windowBooked` (`bookings`), `badInput`, `notNow` or
 * `notFound`.
 */
export async function setBlock(actor: Actor, input: SetBlockInput, world: World = theWorld): Promise<BlockSet> {
  requireActive(actor);
  const now = world.now();
  const block = { ...input, note: input.note.trim() };
  try {
    return await inTransaction('set block', (tx) => set(tx, actor, block, now));
  } catch (error) {
    throw breaksConstraint(error, 'calendar_blocks_no_overlap') ? new Refusal('conflict') : error;
  }
}

async function set(tx: Tx, actor: Actor, block: SetBlockInput, now: Date): Promise<BlockSet> {
  const { machineId, kind, startsAt, endsAt, note } = block;
  const machine = await lockOwnMachine(tx, actor, machineId);
  if (machine.retiredAt !== null) throw new Refusal('notNow', {}, 'This machine is retired.');
  const others = await tx.calendarBlock.findMany({ where: { machineId, kind: { not: 'pause' }, endsAt: { gt: now } } });
  const problems = blockProblems(block, others, now);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const booked = await bookedIn(tx, block);
  const noticeSeconds = env().interruptionNoticeSeconds;
  const kept = booked.filter((booking) => whyNotShorten(booking, block, noticeSeconds, now) !== null);
  if (kept.length > 0) throw inTheWay(kept, block, noticeSeconds, now);
  for (const booking of booked)
    if (booking.kind === 'interruptible')
      await interruptBooking(tx, actor, booking, { endsAt: startsAt, yieldsFor: 'windowEnd' }, now);
    else await shorten(tx, actor, booking, block, now);
  const id = newId('calendarBlock', now);
  await tx.calendarBlock.create({ data: { id, machineId, kind, startsAt, endsAt, note, createdAt: now } });
  await keepRules(tx, machineId, null, now);
  await recordEvent(
    tx,
    actor,
    {
      kind: 'calendar.blockSet',
      userId: actor.userId,
      machineId,
      data: { kind, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), shortened: booked.length },
    },
    now,
  );
  return { blockId: id, shortened: booked.length };
}

/** What has a GPU of the machine within the block and is to keep it; what its machine was asked to stop is on its way out. */
async function bookedIn(tx: Tx, block: SetBlockInput): Promise<LockedBooking[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT b.id FROM allocations a JOIN gpus g ON g.id = a.gpu_id JOIN bookings b ON b.id = a.booking_id
    WHERE g.machine_id = ${block.machineId} AND b.desired = 'running' AND a.ends_at > ${block.startsAt}::timestamptz
      AND tstzrange(a.starts_at, a.ends_at) && tstzrange(${block.startsAt}::timestamptz, ${block.endsAt}::timestamptz)`;
  return lockBookingsOn(tx, block.machineId, { bookingIds: rows.map(({ id }) => id) });
}

async function shorten(tx: Tx, actor: Actor, booking: LockedBooking, block: SetBlockInput, now: Date): Promise<void> {
  const endsAt = block.startsAt;
  await tx.$executeRaw`
    UPDATE allocations SET ends_at = ${endsAt}::timestamptz
    WHERE booking_id = ${booking.id} AND ends_at > ${endsAt}::timestamptz AND starts_at <= ${endsAt}::timestamptz`;
  await tx.booking.update({ where: { id: booking.id }, data: { endsAt } });
  await reviseLease(tx, booking, { endsAt }, now);
  await recordEvent(
    tx,
    actor,
    {
      kind: 'booking.shortened',
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      ...(block.note === '' ? {} : { reason: block.note }),
      data: { endsAt: endsAt.toISOString(), before: booking.endsAt.toISOString(), hostId: booking.hostId },
    },
    now,
  );
}
