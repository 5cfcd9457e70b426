import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import type { BookingKind } from '../booking.ts';

/** Who has a GPU for a span: as much of it as its host may know. */
export type GpuHolder = {
  readonly bookingId: string;
  readonly kind: BookingKind;
  readonly renterName: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

/** A GPU of a machine, by its UUID: who has it now, and who next. */
export type MachineGpu = {
  readonly id: string;
  readonly uuid: string;
  readonly model: string;
  readonly now: GpuHolder | null;
  readonly next: GpuHolder | null;
};

/** The GPUs that are in an own machine now, in their order. What is not theirs is not found. */
export async function gpusOfMachine(actor: Actor, machineId: string, now: Date): Promise<readonly MachineGpu[]> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: {
      gpus: {
        where: { removedAt: null },
        orderBy: { position: 'asc' },
        select: {
          id: true,
          uuid: true,
          model: true,
          allocations: {
            where: { endsAt: { gt: now } },
            orderBy: { startsAt: 'asc' },
            take: 3,
            select: {
              startsAt: true,
              endsAt: true,
              booking: { select: { id: true, kind: true, renter: { select: { name: true } } } },
            },
          },
        },
      },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  return machine.gpus.map(({ allocations, ...gpu }) => {
    // One that was given back before it began holds nothing.
    const holders = allocations
      .filter(({ startsAt, endsAt }) => startsAt < endsAt)
      .map(({ booking, startsAt, endsAt }) => ({
        bookingId: booking.id,
        kind: booking.kind as BookingKind,
        renterName: booking.renter.name,
        startsAt,
        endsAt,
      }));
    return {
      ...gpu,
      now: holders.find(({ startsAt }) => startsAt <= now) ?? null,
      next: holders.find(({ startsAt }) => startsAt > now) ?? null,
    };
  });
}
