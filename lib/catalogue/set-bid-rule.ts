import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { MAX_PRICE_MICROS_PER_GPU_HOUR } from './listing.ts';
import { lockOwnMachine } from './lock-machine.ts';
import type { SetBidRuleInput } from './schema.ts';

/**
 * A host says whether idle GPUs of a machine go to whoever bids, and the least that is taken; without one it is half of the
 * price. What runs goes on. Refuses with `badInput`, `notNow` (no price yet) or `notFound`.
 */
export async function setBidRule(actor: Actor, input: SetBidRuleInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const now = world.now();
  await inTransaction('set bid rule', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, input.machineId);
    const { listing } = machine;
    if (listing === null) throw new Refusal('notNow', {}, 'Set a price for this machine first.');
    const { takesBids, floor } = input;
    if (floor !== null && (floor <= 0n || floor > MAX_PRICE_MICROS_PER_GPU_HOUR))
      throw new Refusal('badInput', { floor: 'The least is more than $0 and at most $1,000 per GPU-hour.' });
    await tx.listing.update({
      where: { id: listing.id },
      data: { takesBids, bidFloorMicrosPerGpuHour: floor, updatedAt: now },
    });
    const about = { userId: actor.userId, machineId: machine.id, listingId: listing.id };
    await recordEvent(
      tx,
      actor,
      { kind: 'listing.bidsSet', ...about, data: { takesBids, floorMicrosPerGpuHour: floor?.toString() ?? null } },
      now,
    );
  });
}
