import { requireConfirmedEmail } from '#lib/auth/check-confirmation.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { whyNotOffered } from '#lib/catalogue/listing.ts';
import { standingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { lockRequest } from './lock-request.ts';
import { lockedServing, servingReliability } from './queries/serving-offers.ts';
import { blockersOf, type StandingRow } from './queries/standing-row.ts';
import { type AnswerState, answerProblems, MOST_ANSWERS, whyNotWithdrawAnswer } from './standing-answer.ts';
import { isPassing, SERVING_LABELS, termsOn, whyNotServe } from './standing-fit.ts';
import { whyNotAnswerRequest } from './standing-request.ts';
import type { AnswerIdInput, AnswerRequestInput } from './standing-schema.ts';
import { storeTerms } from './terms.ts';

/**
 * A host answers a request with a price for one of their machines: an offer to that renter only, for as long as the host
 * says and never past the last start of the request. It takes no GPU: the renter's acceptance does. A second answer from
 * the same machine takes the place of the first. Refuses with `notFound` (also where host and renter do not rent to each
 * other), `ownMachine`, `notNow`, `listingGone`, `machineNotReady`, `badInput` or `emailUnconfirmed`.
 */
export async function answerRequest(
  actor: Actor,
  input: AnswerRequestInput,
  world: World = theWorld,
): Promise<{ readonly answerId: string }> {
  requireActive(actor);
  const reliability = await servingReliability(input.machineId, world.now());
  return inTransaction('answer standing request', async (tx) => {
    await requireConfirmedEmail(tx, actor);
    const request = await lockRequest(tx, { id: input.requestId });
    return answer(tx, actor, request, input, reliability, world.now());
  });
}

async function answer(
  tx: Tx,
  actor: Actor,
  request: StandingRow,
  input: AnswerRequestInput,
  reliability: number | null,
  now: Date,
): Promise<{ readonly answerId: string }> {
  const blockedHostIds = await blockersOf(tx, request.renterId);
  // Hosts see requests that ask hosts: others are not there for them.
  const renter = await tx.user.findUniqueOrThrow({ where: { id: request.renterId }, select: { suspendedAt: true } });
  const hidden = request.mode !== 'ask' || renter.suspendedAt !== null || blockedHostIds.includes(actor.userId);
  if (hidden) throw new Refusal('notFound');
  if (request.renterId === actor.userId) throw new Refusal('ownMachine', {}, 'This is your own request.');
  refuseIf(whyNotAnswerRequest(request, now));
  const problems = answerProblems(input, request);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const listing = await tx.listing.findFirst({
    where: { machineId: input.machineId, hostId: actor.userId },
    select: { id: true },
  });
  const standing = listing === null ? undefined : await standingOffer(tx, listing.id, now);
  if (standing === undefined) throw new Refusal('notFound');
  refuseIf(whyNotOffered(standing.facts, now));
  const { priceMicrosPerGpuHour } = input;
  const offer = { ...(await lockedServing(tx, standing, reliability)), priceMicrosPerGpuHour };
  const misfit = whyNotServe(offer, { ...request, blockedHostIds }, now);
  if (misfit === 'cap')
    throw new Refusal('badInput', {
      priceMicrosPerGpuHour: 'With your price of the disk this is more than the renter may spend in all. Take less.',
    });
  // What is taken now may be free when the renter accepts: that is for then.
  if (misfit !== null && !isPassing(misfit))
    throw new Refusal('notNow', { misfit }, `This machine does not serve the request: ${SERVING_LABELS[misfit]}.`);
  await tx.standingAnswer.updateMany({
    where: { requestId: request.id, machineId: input.machineId, state: 'open' },
    data: { state: 'withdrawn', closedAt: now },
  });
  const open = { requestId: request.id, state: 'open', expiresAt: { gt: now } };
  if ((await tx.standingAnswer.count({ where: open })) >= MOST_ANSWERS)
    throw new Refusal('notNow', {}, 'This request has as many answers as it can have.');
  const answerId = newId('standingAnswer', now);
  const expiresAt = earliest(addSeconds(now, input.holdsSeconds), request.startBy) ?? request.startBy;
  // At the last instant of the request there is nothing left to answer.
  if (expiresAt <= now) throw new Refusal('notNow', {}, 'This request has expired.');
  const terms = termsOn(offer, request, env().feeBasisPoints);
  await tx.standingAnswer.create({
    data: {
      id: answerId,
      requestId: request.id,
      hostId: actor.userId,
      machineId: input.machineId,
      listingId: standing.listingId,
      state: 'open',
      priceMicrosPerGpuHour,
      terms: storeTerms(terms),
      createdAt: now,
      expiresAt,
    },
  });
  await recordEvent(
    tx,
    actor,
    {
      kind: 'request.answered',
      userId: request.renterId,
      listingId: standing.listingId,
      data: {
        requestId: request.id,
        name: request.name,
        answerId,
        hostId: actor.userId,
        gpuModel: terms.gpuModel,
        priceMicros: priceMicrosPerGpuHour.toString(),
        expiresAt: expiresAt.toISOString(),
      },
    },
    now,
  );
  return { answerId };
}

/** A host takes an answer back. Refuses with `notNow` (accepted, withdrawn, expired) or `notFound`. Suspended people may. */
export async function withdrawAnswer(actor: Actor, input: AnswerIdInput, world: World = theWorld): Promise<void> {
  await inTransaction('withdraw answer', async (tx) => {
    const where = { id: input.answerId, hostId: actor.userId };
    const found = await tx.standingAnswer.findFirst({ where, select: { requestId: true } });
    if (found === null) throw new Refusal('notFound');
    // The request is locked, so that nobody accepts it meanwhile.
    const request = await lockRequest(tx, { id: found.requestId });
    const row = await tx.standingAnswer.findFirstOrThrow({ where, select: { state: true, expiresAt: true } });
    const now = world.now();
    refuseIf(whyNotWithdrawAnswer({ ...row, state: row.state as AnswerState }, now));
    await tx.standingAnswer.update({ where: { id: input.answerId }, data: { state: 'withdrawn', closedAt: now } });
    const data = { requestId: request.id, name: request.name, answerId: input.answerId, hostId: actor.userId };
    await recordEvent(tx, actor, { kind: 'request.answerWithdrawn', userId: request.renterId, data }, now);
  });
}
