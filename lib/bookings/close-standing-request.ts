import { requireActive } from '#lib/auth/permission.ts';
import { type Actor, THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { lockRequest } from './lock-request.ts';
import { isOver, whyNotCancelRequest, whyNotResume } from './standing-request.ts';
import type { StandingIdInput } from './standing-schema.ts';

/** The renter takes a request back. Refuses with `notNow` (booked, cancelled, expired) or `notFound`. Suspended people may. */
export async function cancelStandingRequest(
  actor: Actor,
  input: StandingIdInput,
  world: World = theWorld,
): Promise<void> {
  await inTransaction('cancel standing request', async (tx) => {
    const request = await lockRequest(tx, { id: input.requestId, renterId: actor.userId });
    const now = world.now();
    refuseIf(whyNotCancelRequest(request));
    await tx.standingRequest.update({ where: { id: request.id }, data: { state: 'cancelled', closedAt: now } });
    const data = { requestId: request.id, name: request.name };
    await recordEvent(tx, actor, { kind: 'request.cancelled', userId: actor.userId, data }, now);
  });
}

/** The renter lets a request be tried again at once, paused or not, with as many tries as at first. Refuses with `notNow`, `notFound` or `suspended`. */
export async function resumeStandingRequest(
  actor: Actor,
  input: StandingIdInput,
  world: World = theWorld,
): Promise<void> {
  requireActive(actor);
  await inTransaction('resume standing request', async (tx) => {
    const request = await lockRequest(tx, { id: input.requestId, renterId: actor.userId });
    const now = world.now();
    refuseIf(whyNotResume(request, now));
    await tx.standingRequest.update({
      where: { id: request.id },
      data: { state: 'open', tries: 0, nextTryAt: null, trouble: null },
    });
    const data = { requestId: request.id, name: request.name };
    await recordEvent(tx, actor, { kind: 'request.resumed', userId: actor.userId, data }, now);
  });
}

const MOST_AT_ONCE = 500;

/** Sweep: closes requests for which it is too late to begin, and tells their renters. Answers how many. */
export async function expireStandingRequests(world: World = theWorld): Promise<number> {
  const rows = await db.standingRequest.findMany({
    where: { state: { in: ['open', 'paused'] }, startBy: { lt: world.now() } },
    orderBy: { startBy: 'asc' },
    take: MOST_AT_ONCE,
    select: { id: true },
  });
  return eachRow('expireStandingRequests', rows, ({ id }) =>
    inTransaction('expire standing request', (tx) => expire(tx, id, world.now())),
  );
}

async function expire(tx: Tx, id: string, now: Date): Promise<boolean> {
  const request = await lockRequest(tx, { id });
  if (!['open', 'paused'].includes(request.state) || !isOver(request, now)) return false;
  await tx.standingRequest.update({ where: { id }, data: { state: 'expired', closedAt: now } });
  const data = { requestId: id, name: request.name, trouble: request.trouble };
  await recordEvent(tx, THE_MARKET, { kind: 'request.expired', userId: request.renterId, data }, now);
  return true;
}
