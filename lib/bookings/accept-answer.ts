import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { breaksConstraint, db, inTransaction, type Tx } from '#lib/io/db.ts';
import { seal, sealContext } from '#protocol/seal.ts';
import type { Booked } from './book-listing.ts';
import { environmentProblem } from './environment.ts';
import { lockRequest } from './lock-request.ts';
import { placeRequest, type RequestPlace } from './place-request.ts';
import { servingReliability } from './queries/serving-offers.ts';
import { type AnswerState, whyNotAccept } from './standing-answer.ts';
import { whyNotOpen } from './standing-request.ts';
import type { AcceptAnswerInput } from './standing-schema.ts';
import { readTerms } from './terms.ts';

/**
 * The renter takes a host's answer: it is booked at the host's price, from now on, and the request is closed. Environment
 * variables are sealed to that machine's key before anything is stored. Asked again, it answers the booking that was made.
 * Refuses with `notFound`, `notNow`, `badInput`, `gpuTaken` and all that booking a listing refuses with.
 */
export async function acceptAnswer(actor: Actor, input: AcceptAnswerInput, world: World = theWorld): Promise<Booked> {
  requireActive(actor);
  const problem = environmentProblem(input.environment);
  if (problem !== null) throw new Refusal('badInput', { environment: problem });
  const answer = await db.standingAnswer.findFirst({
    where: { id: input.answerId, request: { renterId: actor.userId } },
    select: { requestId: true, machineId: true, listingId: true, machine: { select: { sealingKey: true } } },
  });
  if (answer === null) throw new Refusal('notFound');
  const now = world.now();
  const leaseId = newId('lease', now);
  const { machineId, listingId, requestId } = answer;
  const { sealingKey } = answer.machine;
  const sealed =
    Object.keys(input.environment).length === 0
      ? null
      : {
          leaseId,
          sealingKey,
          environment: await seal(JSON.stringify(input.environment), sealingKey, sealContext(leaseId, machineId)),
        };
  const reliabilityBasisPoints = await servingReliability(machineId, now);
  const place = { listingId, reliabilityBasisPoints, sealed };
  try {
    return await inTransaction('accept answer', (tx) =>
      accept(tx, actor, { ...place, requestId, answerId: input.answerId }, world),
    );
  } catch (error) {
    if (breaksConstraint(error, 'allocations_no_overlap')) throw new Refusal('gpuTaken');
    throw error;
  }
}

type Accepted = Omit<RequestPlace, 'terms'> & { readonly requestId: string; readonly answerId: string };

async function accept(tx: Tx, actor: Actor, place: Accepted, world: World): Promise<Booked> {
  const request = await lockRequest(tx, { id: place.requestId, renterId: actor.userId });
  const answer = await tx.standingAnswer.findUniqueOrThrow({ where: { id: place.answerId } });
  if (answer.state === 'accepted' && request.bookingId !== null)
    return { bookingId: request.bookingId, created: false };
  const now = world.now();
  // A pause is about booking by itself: whoever accepts is there to see what is missing.
  const open = request.state === 'paused' ? { ...request, state: 'open' as const } : request;
  refuseIf(whyNotOpen(open, now));
  refuseIf(whyNotAccept({ ...answer, state: answer.state as AnswerState }, now));
  const bookingId = await placeRequest(tx, actor, open, { ...place, terms: readTerms(answer.terms) }, now);
  await tx.standingAnswer.update({ where: { id: answer.id }, data: { state: 'accepted', closedAt: now } });
  return { bookingId, created: true };
}
