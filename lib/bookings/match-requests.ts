import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { env } from '#lib/io/env.ts';
import { lockRequest } from './lock-request.ts';
import { OF_THE_RENTER, placeRequest } from './place-request.ts';
import { servingOffers } from './queries/serving-offers.ts';
import { lookCloser } from './queries/standing-matches.ts';
import { type StandingRow, type WaitingRequest, waitingRequests } from './queries/standing-row.ts';
import { type ServingOffer, standingReport } from './standing-fit.ts';
import { newsOf, nextTry, whyNotOpen } from './standing-request.ts';

const AT_ONCE = 500;
/** Offers that are looked at for one request in one turn, the cheapest first. */
const MOST_LOOKS = 20;
/** Of these, how many are tried: each try takes locks. */
const MOST_PLACES = 3;

/**
 * Sweep: holds the requests that wait against the market. A match is booked, the older request first and on the cheapest
 * offer, or its renter is told. A match that the renter's account cannot pay is tried again later, a bounded number of
 * times. Answers how many requests it booked or told of.
 */
export async function matchRequests(world: World = theWorld): Promise<number> {
  let offers: readonly ServingOffer[] | undefined;
  let handled = 0;
  for (let after = ''; ; ) {
    const requests = await waitingRequests(after, AT_ONCE, world.now());
    const last = requests.at(-1);
    if (last === undefined) return handled;
    after = last.id;
    // One look at the market for all of them: whatever is chosen by it is looked at again, and once more under lock.
    offers ??= await servingOffers(world.now());
    const market = offers;
    handled += await eachRow('matchRequests', requests, async (request) => {
      const fitting = await matchesOf(request, market, world.now());
      if (fitting.length === 0) return false;
      return request.mode === 'book' ? bookOne(request, fitting, world) : tell(request, fitting, world);
    });
  }
}

async function matchesOf(
  request: WaitingRequest,
  offers: readonly ServingOffer[],
  now: Date,
): Promise<readonly ServingOffer[]> {
  const { fitting } = standingReport(offers, request.renterId, request, now);
  const looked = await lookCloser(request, fitting.slice(0, MOST_LOOKS), MOST_PLACES, now);
  return looked.flatMap(({ offer, misfit }) => (misfit === null ? [offer] : []));
}

async function bookOne(request: StandingRow, fitting: readonly ServingOffer[], world: World): Promise<boolean> {
  let trouble: Refusal | null = null;
  for (const { listingId, reliabilityBasisPoints } of fitting) {
    try {
      await inTransaction('book standing request', async (tx) => {
        const locked = await lockRequest(tx, { id: request.id });
        const terms = { feeBasisPoints: env().feeBasisPoints };
        const place = { listingId, reliabilityBasisPoints, terms, sealed: null };
        await placeRequest(tx, THE_MARKET, locked, place, world.now());
      });
      return true;
    } catch (error) {
      if (breaksConstraint(error, 'allocations_no_overlap')) continue;
      if (!(error instanceof Refusal)) throw error;
      // Cancelled, or booked by another worker, meanwhile.
      if (error.reason === 'notNow') return false;
      // Another offer may have GPUs that nobody has to leave.
      if (error.reason === 'putOutInVain') trouble = error;
      if (!OF_THE_RENTER.has(error.reason)) continue;
      trouble = error;
      break;
    }
  }
  if (trouble === null) return false;
  const { sentence, reason } = trouble;
  return inTransaction('note standing request', (tx) => noteTrouble(tx, request.id, { reason, sentence }, world));
}

/** There was a match, and the renter's account could not have it. */
async function noteTrouble(
  tx: Tx,
  id: string,
  trouble: { readonly reason: string; readonly sentence: string },
  world: World,
): Promise<boolean> {
  const request = await lockRequest(tx, { id });
  const now = world.now();
  if (whyNotOpen(request, now) !== null) return false;
  const tries = request.tries + 1;
  const nextTryAt = nextTry(tries, now);
  const paused = nextTryAt === null;
  await tx.standingRequest.update({
    where: { id },
    data: { tries, nextTryAt, trouble: trouble.sentence, ...(paused ? { state: 'paused' } : {}) },
  });
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: paused ? 'request.paused' : 'request.notBooked',
      userId: request.renterId,
      reason: trouble.sentence,
      data: {
        requestId: id,
        name: request.name,
        tries,
        refusal: trouble.reason,
        nextTryAt: nextTryAt?.toISOString() ?? null,
      },
    },
    now,
  );
  return false;
}

async function tell(request: StandingRow, fitting: readonly ServingOffer[], world: World): Promise<boolean> {
  const ids = fitting.map(({ listingId }) => listingId);
  if (newsOf(request, ids, world.now()).length === 0) return false;
  return inTransaction('tell of match', async (tx) => {
    const locked = await lockRequest(tx, { id: request.id });
    const now = world.now();
    const news = newsOf(locked, ids, now);
    const best = fitting.find(({ listingId }) => news.includes(listingId));
    if (whyNotOpen(locked, now) !== null || best === undefined) return false;
    await tx.standingRequest.update({
      where: { id: request.id },
      data: { toldListingIds: [...locked.toldListingIds, ...news], toldAt: now },
    });
    await recordEvent(
      tx,
      THE_MARKET,
      {
        kind: 'request.matched',
        userId: request.renterId,
        listingId: best.listingId,
        data: {
          requestId: request.id,
          name: request.name,
          gpuModel: best.gpuModel,
          priceMicros: best.priceMicrosPerGpuHour.toString(),
          offers: fitting.length,
        },
      },
      now,
    );
    return true;
  });
}
