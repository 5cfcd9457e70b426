import type { AnyActor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { formatDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { isBefore } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { lockOffer } from '#lib/catalogue/lock-offer.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { notePutOut } from './allow-put-out.ts';
import { makeBookings } from './make-bookings.ts';
import { keysOfRenter } from './queries/renter-keys.ts';
import { lockedServing } from './queries/serving-offers.ts';
import { blockersOf, type StandingRow } from './queries/standing-row.ts';
import { SERVING_LABELS, termsOn, whyNotServe } from './standing-fit.ts';
import { whyNotOpen } from './standing-request.ts';
import { takeGpus } from './take-gpus.ts';
import type { Terms } from './terms.ts';

/** Where a request is booked, and at which terms. */
export type RequestPlace = {
  readonly listingId: string;
  readonly reliabilityBasisPoints: number | null;
  /** A host's own price; else the listing's prices as they are under lock, with this share for the platform. */
  readonly terms: Terms | { readonly feeBasisPoints: number };
  /** Variables that were sealed for this lease on this machine, when the renter was there to give them. */
  readonly sealed: { readonly leaseId: string; readonly environment: string; readonly sealingKey: string } | null;
};

/** Refusals that concern the renter's account, whatever the machine: another machine would not help. */
export const OF_THE_RENTER = new Set([
  'insufficientFunds',
  'spendingLimit',
  'chargebackUncovered',
  'keyNeeded',
  'emailUnconfirmed',
  'suspended',
]);

/**
 * Step: books a locked request on one offer and closes it: never twice, never above its price or its cap, never past its
 * deadline; all of it is asked again here, under the locks of machine and listing. Refuses with what `takeGpus` and
 * `makeBookings` say, `priceChanged` when the offer serves the request no longer, or `notNow`, `keyNeeded`,
 * `emailUnconfirmed`, `suspended`.
 */
export async function placeRequest(
  tx: Tx,
  actor: AnyActor,
  request: StandingRow,
  place: RequestPlace,
  now: Date,
): Promise<string> {
  refuseIf(whyNotOpen(request, now));
  const { renterId, durationSeconds } = request;
  const renter = await tx.user.findUniqueOrThrow({
    where: { id: renterId },
    select: { suspendedAt: true, emailConfirmedAt: true },
  });
  if (renter.suspendedAt !== null) throw new Refusal('suspended');
  if (renter.emailConfirmedAt === null) throw new Refusal('emailUnconfirmed');
  if ((await keysOfRenter(tx, renterId)).authorizedKeys.length === 0) throw new Refusal('keyNeeded');
  const standing = await lockOffer(tx, place.listingId, now);
  if (standing === undefined) throw new Refusal('listingGone');
  if (place.sealed !== null && place.sealed.sealingKey !== standing.sealingKey) throw new Refusal('conflict');
  const listed = await lockedServing(tx, standing, place.reliabilityBasisPoints);
  const terms = 'gpuModel' in place.terms ? place.terms : termsOn(listed, request, place.terms.feeBasisPoints);
  const blockedHostIds = await blockersOf(tx, renterId);
  const { priceMicrosPerGpuHour, diskPriceMicrosPerGibMonth } = terms;
  const offered = { ...listed, priceMicrosPerGpuHour, diskPriceMicrosPerGibMonth };
  const misfit = whyNotServe(offered, { ...request, blockedHostIds }, now);
  // What is taken is for the booking to say: it knows until when.
  if (misfit !== null && misfit !== 'gpusTaken')
    throw new Refusal(
      'priceChanged',
      { misfit },
      `This offer serves the request no longer: ${SERVING_LABELS[misfit]}.`,
    );
  const taken = await takeGpus(tx, standing, { renterId, durationSeconds, terms, again: false }, now);
  if (isBefore(request.finishBy, taken.endsAt))
    throw new Refusal(
      'gpuTaken',
      {},
      'Somebody has to give the GPUs back first: then it would end after its deadline.',
    );
  const leaseId = place.sealed?.leaseId ?? newId('lease', now);
  const [made] = await makeBookings(
    tx,
    actor,
    [
      {
        bookingId: newId('booking', now),
        leaseId,
        kind: 'onDemand',
        renterId,
        quoteId: null,
        offer: standing,
        gpus: taken.gpus,
        terms,
        workload: {
          name: request.name,
          image: request.image,
          command: request.command,
          sealedEnvironment: place.sealed?.environment ?? null,
        },
        capMicros: request.capMicros,
        idempotencyKey: `standing-request:${request.id}`,
        startsAt: taken.startsAt,
        endsAt: taken.endsAt,
      },
    ],
    now,
  );
  if (made === undefined) throw new Error(`request ${request.id} made no booking`);
  if (taken.yielding.length > 0) await notePutOut(tx, [made.bookingId], now);
  await tx.standingRequest.update({
    where: { id: request.id },
    data: { state: 'booked', bookingId: made.bookingId, closedAt: now, trouble: null },
  });
  await recordEvent(
    tx,
    actor,
    {
      kind: 'request.booked',
      userId: renterId,
      bookingId: made.bookingId,
      machineId: standing.machineId,
      listingId: place.listingId,
      data: {
        requestId: request.id,
        name: request.name,
        price: formatDollars(priceMicrosPerGpuHour),
        endsAt: taken.endsAt.toISOString(),
      },
    },
    now,
  );
  return made.bookingId;
}
