import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, DB_NULL, inTransaction, type Tx } from '#lib/io/db.ts';
import { whyNotStart } from './booking.ts';
import { holdForLease } from './hold-for-lease.ts';
import { lockBooking } from './lock-booking.ts';
import { reviseLease } from './revise-lease.ts';
import type { StartBookingInput } from './schema.ts';
import { takeGpus } from './take-gpus.ts';

/**
 * The renter starts a stopped booking: GPUs of the same machine are taken if they are free, money is held as for a new one,
 * and the lease gets a new revision. Prices stay those of the booking. `capMicros` left out keeps the cap, null takes it away.
 * Refuses with `gpuTaken` (`freeAt`: when one comes back at the latest), `insufficientFunds`, `listingGone`,
 * `machineNotReady`, `notNow`, `badInput` or `notFound`.
 */
export async function startBooking(actor: Actor, input: StartBookingInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  try {
    await inTransaction('start booking', (tx) => start(tx, actor, input, world.now()));
  } catch (error) {
    throw breaksConstraint(error, 'allocations_no_overlap') ? new Refusal('gpuTaken') : error;
  }
}

async function start(tx: Tx, actor: Actor, input: StartBookingInput, now: Date): Promise<void> {
  const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
  refuseIf(whyNotStart(booking, now));
  const { lease, terms } = booking;
  const capMicros = input.capMicros === undefined ? booking.capMicros : input.capMicros;
  const wish = { renterId: actor.userId, listingId: booking.listingId, durationSeconds: input.durationSeconds, terms };
  const { gpus, endsAt } = await takeGpus(tx, { ...wish, again: true }, now);
  const run = booking.run + 1;
  const hold = await holdForLease(
    tx,
    {
      renterId: actor.userId,
      bookingId: booking.id,
      terms,
      capMicros,
      endsAt,
      lease,
      key: `hold:${lease.id}:run:${run}`,
    },
    now,
  );
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      run,
      desired: 'running',
      observed: 'held',
      observedAt: now,
      billable: 'disk',
      reason: null,
      reasonDetail: null,
      progress: DB_NULL,
      startsAt: now,
      endsAt,
      diskUntil: null,
      // What a job left is looked at in a shell: its command does not run again.
      ...(booking.atExit === null ? {} : { atExit: null, command: DB_NULL, exitCode: null }),
      capMicros,
      warnedSeconds: null,
    },
  });
  await tx.allocation.createMany({
    data: gpus.map((gpu) => ({
      id: newId('allocation', now),
      bookingId: booking.id,
      gpuId: gpu.id,
      startsAt: now,
      endsAt,
    })),
  });
  await tx.lease.update({ where: { id: lease.id }, data: { heldMicros: hold.heldMicros } });
  const gpuUuids = gpus.map((gpu) => gpu.uuid);
  const change = { gpuUuids, startsAt: now, endsAt, ceilingMicros: hold.ceilingMicros, untilExit: false } as const;
  await reviseLease(tx, booking, change, now);
  await recordEvent(
    tx,
    actor,
    {
      kind: 'booking.startAsked',
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      data: { run, endsAt: endsAt.toISOString(), heldMicros: hold.heldMicros.toString(), hostId: booking.hostId },
    },
    now,
  );
}
