import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockRequest } from './lock-request.ts';
import { standingProblems, startByOf, usualCap, whyNotEditRequest } from './standing-request.ts';
import type { EditStandingInput } from './standing-schema.ts';

/**
 * The renter changes price, cap, places or deadline of a request while it waits; it counts from the next look at the market on.
 * What is left out stays. A cap that was made from the price follows it. Answers stay, and are held to the request as it is
 * when one is accepted. Refuses with `badInput` (a sentence a field), `notNow` (booked, cancelled, expired), `notFound` or `suspended`.
 */
export async function editStandingRequest(
  actor: Actor,
  input: EditStandingInput,
  world: World = theWorld,
): Promise<void> {
  requireActive(actor);
  const { requestId, capMicros, ...change } = input;
  await inTransaction('edit standing request', async (tx) => {
    const request = await lockRequest(tx, { id: requestId, renterId: actor.userId });
    const now = world.now();
    refuseIf(whyNotEditRequest(request, now));
    const wish = { ...request, ...given(change) };
    const own = request.capMicros === usualCap(request) ? null : request.capMicros;
    const cap = capMicros === undefined ? own : capMicros;
    const problems = standingProblems({ ...wish, capMicros: cap }, wish.finishBy, now);
    if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
    await tx.standingRequest.update({
      where: { id: requestId },
      data: {
        regions: [...new Set(wish.regions)],
        maxPriceMicrosPerGpuHour: wish.maxPriceMicrosPerGpuHour,
        capMicros: cap ?? usualCap(wish),
        startBy: startByOf(wish.finishBy, wish.durationSeconds),
        finishBy: wish.finishBy,
      },
    });
    const data = { requestId, name: request.name, price: formatDollars(wish.maxPriceMicrosPerGpuHour) };
    await recordEvent(tx, actor, { kind: 'request.changed', userId: actor.userId, data }, now);
  });
}

/** What was sent, without what was left out. */
function given(change: Omit<EditStandingInput, 'requestId' | 'capMicros'>) {
  const { maxPriceMicrosPerGpuHour, regions, finishBy } = change;
  return {
    ...(maxPriceMicrosPerGpuHour === undefined ? {} : { maxPriceMicrosPerGpuHour }),
    ...(regions === undefined ? {} : { regions }),
    ...(finishBy === undefined ? {} : { finishBy }),
  };
}
