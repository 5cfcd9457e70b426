import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { giveBackBlock } from './give-back-block.ts';
import { lockOwnMachine } from './lock-machine.ts';
import type { RemoveBlockInput } from './schema.ts';

/**
 * A host gives a blocked time back to the market; one that goes on ends now. Rentals that an announced maintenance made
 * shorter stay so: their renters were told, and can extend them. Refuses with `notFound`.
 */
export async function removeBlock(actor: Actor, input: RemoveBlockInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const now = world.now();
  await inTransaction('remove block', async (tx) => {
    await lockOwnMachine(tx, actor, input.machineId);
    const block = await tx.calendarBlock.findFirst({
      where: { id: input.blockId, machineId: input.machineId, endsAt: { gt: now } },
    });
    if (block === null) throw new Refusal('notFound', {}, 'This block is gone already.');
    await giveBackBlock(tx, block, now);
    await recordEvent(
      tx,
      actor,
      {
        kind: 'calendar.blockRemoved',
        userId: actor.userId,
        machineId: input.machineId,
        data: { startsAt: block.startsAt.toISOString(), endsAt: block.endsAt.toISOString(), kind: block.kind },
      },
      now,
    );
  });
}
