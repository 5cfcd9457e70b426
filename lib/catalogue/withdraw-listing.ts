import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { whyNotWithdraw } from './listing.ts';
import { lockOwnMachine } from './lock-machine.ts';
import type { MachineInput } from './schema.ts';
import { settleOffer } from './settle-offer.ts';

/** Takes a machine off the market: nothing new is booked, what runs goes on to its end. Open to a suspended host too. */
export async function withdrawListing(actor: Actor, input: MachineInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('withdraw listing', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, input.machineId);
    const { listing } = machine;
    refuseIf(whyNotWithdraw(listing === null ? null : { state: listing.state as 'draft' }));
    await tx.listing.update({ where: { machineId: machine.id }, data: { state: 'withdrawn', updatedAt: now } });
    await settleOffer(tx, machine.id, now);
    await recordEvent(
      tx,
      actor,
      { kind: 'listing.withdrawn', userId: actor.userId, machineId: machine.id, listingId: listing?.id },
      now,
    );
  });
}
