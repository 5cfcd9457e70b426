import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { keepRules } from './keep-rules.ts';
import type { ListingState } from './listing.ts';
import { lockOwnMachine } from './lock-machine.ts';
import { pauseEndProblem, whyNotPause } from './pause.ts';
import type { PauseInput } from './schema.ts';

/**
 * A host offers nothing new of a machine until an instant; then it is offered again by itself. What is rented or reserved is
 * not touched. A pause that goes on gets the new end. Open to a suspended host too. Refuses with `badInput` (`until`),
 * `notNow` or `notFound`.
 */
export async function pauseListing(actor: Actor, input: PauseInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { machineId, until } = input;
  await inTransaction('pause listing', async (tx) => {
    const { listing } = await lockOwnMachine(tx, actor, machineId);
    refuseIf(whyNotPause(listing === null ? null : { state: listing.state as ListingState }));
    const problem = pauseEndProblem(until, now);
    if (problem !== null) throw new Refusal('badInput', { until: problem });
    const { count } = await tx.calendarBlock.updateMany({
      where: { machineId, kind: 'pause', endsAt: { gt: now } },
      data: { endsAt: until },
    });
    if (count === 0) {
      const id = newId('calendarBlock', now);
      const span = { startsAt: now, endsAt: until };
      await tx.calendarBlock.create({ data: { id, machineId, kind: 'pause', ...span, note: '', createdAt: now } });
    }
    await keepRules(tx, machineId, null, now);
    await recordEvent(
      tx,
      actor,
      {
        kind: 'listing.paused',
        userId: actor.userId,
        machineId,
        listingId: listing?.id,
        data: { until: until.toISOString() },
      },
      now,
    );
  });
}
