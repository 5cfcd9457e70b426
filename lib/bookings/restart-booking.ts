import type { AnyActor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { DB_NULL, type Tx } from '#lib/io/db.ts';
import { holdForLease } from './hold-for-lease.ts';
import type { LockedBooking } from './lock-booking.ts';
import { reviseLease } from './revise-lease.ts';

export type Restart = {
  readonly gpus: readonly { readonly id: string; readonly uuid: string }[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Interruptible rentals that were put out for it. */
  readonly yielding: readonly string[];
  readonly capMicros: Micros | null;
};

/**
 * Step: a stopped booking runs again on GPUs of its machine that nobody has between `startsAt` and `endsAt`: money is held as
 * for a new one, and the lease gets a new revision. The booking is locked. Refuses with what `holdForLease` says.
 */
export async function restartBooking(
  tx: Tx,
  actor: AnyActor,
  booking: LockedBooking,
  { gpus, startsAt, endsAt, yielding, capMicros }: Restart,
  now: Date,
): Promise<void> {
  const { lease, terms, renterId } = booking;
  const run = booking.run + 1;
  const key = `hold:${lease.id}:run:${run}`;
  const byItself = actor.userId === null;
  const ask = { renterId, bookingId: booking.id, terms, capMicros, endsAt, lease, key, byItself };
  const hold = await holdForLease(tx, ask, now);
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      run,
      // What was reserved is over with its first run.
      ...(booking.kind === 'reserved' ? { kind: 'onDemand' } : {}),
      desired: 'running',
      observed: 'held',
      observedAt: now,
      billable: 'disk',
      reason: null,
      reasonDetail: null,
      progress: DB_NULL,
      startsAt,
      endsAt,
      diskUntil: null,
      // What a job left is looked at in a shell: its command does not run again, and what it ended with stays known.
      ...(booking.atExit === null ? {} : { atExit: null, command: DB_NULL }),
      capMicros,
      warnedSeconds: null,
      putOutAt: yielding.length > 0 ? now : null,
      putOutBidMicros: null,
    },
  });
  await tx.allocation.createMany({
    data: gpus.map((gpu) => ({
      id: newId('allocation', now),
      bookingId: booking.id,
      gpuId: gpu.id,
      startsAt,
      endsAt,
      yields: booking.kind === 'interruptible',
    })),
  });
  await tx.lease.update({ where: { id: lease.id }, data: { heldMicros: hold.heldMicros } });
  const gpuUuids = gpus.map((gpu) => gpu.uuid);
  const change = { gpuUuids, startsAt, endsAt, ceilingMicros: hold.ceilingMicros, untilExit: false } as const;
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
