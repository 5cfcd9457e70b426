import type { Micros } from '#lib/base/money.ts';
import { clearMarket } from '#lib/scheduler/clearing.ts';
import type { Ask } from '#lib/scheduler/clearing-board.ts';
import type { Waits } from './bid.ts';
import { type Ground, type GroundWish, suits } from './bid-wish.ts';

/** GPUs of one listing that bids may have now, whoever of them has them. */
export type BidOffer = {
  readonly listingId: string;
  readonly hostId: string;
  readonly simulated: boolean;
  readonly model: string;
  readonly floorMicros: Micros;
  readonly gpus: number;
  readonly minGpus: number;
  readonly diskPriceMicrosPerGibMonth: Micros;
  readonly freeDiskBytes: bigint;
  readonly ground: Ground;
};

/** A bid that takes part in a clearing. */
export type OpenBid = {
  readonly id: string;
  readonly renterId: string;
  readonly microsPerGpuHour: Micros;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly models: readonly string[];
  readonly listingId: string | null;
  readonly maxDiskPriceMicrosPerGibMonth: Micros;
  readonly simulatedToo: boolean;
  readonly wish: GroundWish;
  /** Hosts that do not rent to its renter. */
  readonly blockedBy: readonly string[];
  /** Its rental, which stays where its disk is; null while it waits for the first. */
  readonly rental: { readonly bookingId: string; readonly listingId: string; readonly running: boolean } | null;
};

/** What a clearing came to for one model. */
export type ModelPrice = {
  readonly model: string;
  readonly microsPerGpuHour: Micros | null;
  /** For each size of ENTRY_SIZES; -1: no bid would get in. */
  readonly entryMicros: readonly Micros[];
  readonly offeredGpus: number;
  readonly rentedGpus: number;
  readonly waitingGpus: number;
};

export type Round = {
  /** Bids that get a rental, or theirs back: the best-paying first. */
  readonly starts: readonly { readonly bidId: string; readonly listingId: string; readonly microsPerGpuHour: Micros }[];
  /** What running rentals pay from now on. */
  readonly goesOn: readonly { readonly bookingId: string; readonly microsPerGpuHour: Micros }[];
  /** Running rentals that yield as far as somebody who pays more needs their GPUs: the lowest bid first. */
  readonly losers: readonly string[];
  readonly waits: ReadonlyMap<string, Waits>;
  readonly models: readonly ModelPrice[];
};

/** Whether a bid may have GPUs of a listing, its price aside. */
export function mayHave(bid: OpenBid, offer: BidOffer): boolean {
  if (bid.rental !== null) return bid.rental.listingId === offer.listingId;
  return (
    (bid.listingId === null || bid.listingId === offer.listingId) &&
    bid.models.includes(offer.model) &&
    bid.gpuCount >= offer.minGpus &&
    bid.renterId !== offer.hostId &&
    !bid.blockedBy.includes(offer.hostId) &&
    (bid.simulatedToo || !offer.simulated) &&
    offer.diskPriceMicrosPerGibMonth <= bid.maxDiskPriceMicrosPerGibMonth &&
    bid.diskBytes <= offer.freeDiskBytes &&
    suits(bid.wish, offer.ground)
  );
}

/** Clears the market of interruptible rentals as it stands: pure, and the same again for the same offers and bids. */
export function clearRound(offers: readonly BidOffer[], bids: readonly OpenBid[]): Round {
  const asks = offers
    .filter(({ gpus }) => gpus > 0)
    .map(
      ({ listingId: id, model, gpus, floorMicros: microsPerGpuHour }): Ask => ({ id, model, gpus, microsPerGpuHour }),
    );
  const open = new Set(asks.map(({ id }) => id));
  const standing = offers.filter(({ listingId }) => open.has(listingId));
  const within = bids.map((bid) => ({ bid, may: standing.filter((offer) => mayHave(bid, offer)) }));
  const cleared = clearMarket(
    asks,
    within.map(({ bid, may }) => ({
      id: bid.id,
      models: bid.rental === null ? bid.models : may.map(({ model }) => model),
      gpus: bid.gpuCount,
      microsPerGpuHour: bid.microsPerGpuHour,
      ...(isFree(bid, may, standing) ? {} : { only: may.map(({ listingId }) => listingId) }),
    })),
  );
  const wins = new Map(cleared.won.map((won) => [won.bidId, won]));
  const byBid = bids.toSorted((a, b) => Number(b.microsPerGpuHour - a.microsPerGpuHour) || (a.id < b.id ? -1 : 1));
  const starts = byBid.flatMap((bid) => {
    const won = wins.get(bid.id);
    if (won === undefined || bid.rental?.running === true) return [];
    return [{ bidId: bid.id, listingId: won.askId, microsPerGpuHour: won.microsPerGpuHour }];
  });
  const running = byBid.flatMap((bid) => (bid.rental?.running === true ? [{ bid, ...bid.rental }] : []));
  return {
    starts,
    goesOn: running.flatMap(({ bid, bookingId }) => {
      const won = wins.get(bid.id);
      return won === undefined ? [] : [{ bookingId, microsPerGpuHour: won.microsPerGpuHour }];
    }),
    losers: running
      .filter(({ bid }) => !wins.has(bid.id))
      .map(({ bookingId }) => bookingId)
      .reverse(),
    waits: new Map(
      within.flatMap(({ bid, may }): [string, Waits][] =>
        wins.has(bid.id) || bid.rental?.running === true ? [] : [[bid.id, whyItWaits(bid, may)]],
      ),
    ),
    models: [...cleared.prices.keys()].map((model) => ({
      model,
      microsPerGpuHour: cleared.prices.get(model) ?? null,
      entryMicros: (cleared.entries.get(model) ?? []).map((micros) => micros ?? -1n),
      offeredGpus: sum(asks.filter((ask) => ask.model === model).map(({ gpus }) => gpus)),
      rentedGpus: sum(bids.filter(({ id }) => modelOf(asks, wins.get(id)?.askId) === model).map((bid) => bid.gpuCount)),
      waitingGpus: sum(
        bids.filter((bid) => !wins.has(bid.id) && bid.models.includes(model)).map((bid) => bid.gpuCount),
      ),
    })),
  };
}

/** Whether a bid may have every machine with one of its models: then the clearing may move it for others. */
function isFree(bid: OpenBid, may: readonly BidOffer[], standing: readonly BidOffer[]): boolean {
  return bid.rental === null && may.length === standing.filter(({ model }) => bid.models.includes(model)).length;
}

function whyItWaits(bid: OpenBid, may: readonly BidOffer[]): Waits {
  if (bid.rental !== null) {
    if (may.length === 0) return 'itsMachineGone';
    return may.every(({ floorMicros }) => floorMicros > bid.microsPerGpuHour) ? 'belowFloor' : 'itsMachine';
  }
  const large = may.filter(({ gpus }) => gpus >= bid.gpuCount);
  if (large.length === 0) return 'noMachine';
  return large.every(({ floorMicros }) => floorMicros > bid.microsPerGpuHour) ? 'belowFloor' : 'outbid';
}

function modelOf(asks: readonly Ask[], askId: string | undefined): string | undefined {
  return asks.find(({ id }) => id === askId)?.model;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
