import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { BlockRenterInput, UnblockRenterInput } from './schema.ts';

/**
 * A host stops renting to somebody who rents or rented from them, named by that rental. What runs goes on; nothing new is
 * booked. Again is harmless. The renter is not told who blocked them until they try to book.
 */
export async function blockRenter(actor: Actor, input: BlockRenterInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('block renter', async (tx) => {
    const booking = await tx.booking.findFirst({
      where: { id: input.bookingId, hostId: actor.userId },
      select: { id: true, renterId: true, machineId: true },
    });
    if (booking === null) throw new Refusal('notFound');
    const { count } = await tx.renterBlock.createMany({
      data: {
        id: newId('block', now),
        hostId: actor.userId,
        renterId: booking.renterId,
        reason: input.reason,
        createdAt: now,
      },
      skipDuplicates: true,
    });
    if (count === 0) return;
    await recordEvent(
      tx,
      actor,
      {
        kind: 'renter.blocked',
        userId: actor.userId,
        machineId: booking.machineId,
        reason: input.reason,
        data: { renterId: booking.renterId, bookingId: booking.id },
      },
      now,
    );
  });
}

/** A host rents to somebody again. Refuses with `notFound` when they were not blocked. */
export async function unblockRenter(actor: Actor, input: UnblockRenterInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('unblock renter', async (tx) => {
    const { count } = await tx.renterBlock.deleteMany({ where: { hostId: actor.userId, renterId: input.renterId } });
    if (count === 0) throw new Refusal('notFound');
    await recordEvent(
      tx,
      actor,
      { kind: 'renter.unblocked', userId: actor.userId, data: { renterId: input.renterId } },
      now,
    );
  });
}
