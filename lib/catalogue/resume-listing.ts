import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { giveBackBlock } from './give-back-block.ts';
import { lockOwnMachine } from './lock-machine.ts';
import type { MachineInput } from './schema.ts';

/** A host ends a pause before its time: the machine is offered again at once. Refuses with `notNow` or `notFound`. */
export async function resumeListing(actor: Actor, input: MachineInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { machineId } = input;
  await inTransaction('resume listing', async (tx) => {
    const { listing } = await lockOwnMachine(tx, actor, machineId);
    const pause = await tx.calendarBlock.findFirst({ where: { machineId, kind: 'pause', endsAt: { gt: now } } });
    if (pause === null) throw new Refusal('notNow', {}, 'This machine is not paused.');
    await giveBackBlock(tx, pause, now);
    await recordEvent(
      tx,
      actor,
      { kind: 'listing.resumed', userId: actor.userId, machineId, listingId: listing?.id },
      now,
    );
  });
}
