import type { Micros } from '#lib/base/money.ts';
import { whyNotVisible } from '#lib/catalogue/listing.ts';
import { offersForBids } from '#lib/catalogue/queries/standing-offer.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { bidFloor } from '../bid.ts';
import type { Ground } from '../bid-wish.ts';
import { groundsOf } from './bid-facts.ts';

/** A machine whose host takes bids, however many of its GPUs are free now. */
export type BidPlace = {
  readonly listingId: string;
  readonly hostId: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly gpuCount: number;
  readonly minGpus: number;
  readonly diskPrice: Micros;
  readonly floorMicros: Micros;
  readonly ground: Ground;
};

/** Machines that strangers see and whose hosts take bids. */
export async function placesForBids(reader: Reader = db, now: Date): Promise<BidPlace[]> {
  const standing = await offersForBids(reader, now);
  const grounds = await groundsOf(
    reader,
    standing.map(({ machineId }) => machineId),
  );
  return standing.flatMap((offer): BidPlace[] => {
    const { terms, gpus } = offer;
    const ground = grounds.get(offer.machineId);
    const floorMicros = bidFloor({ ...offer, priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour });
    if (floorMicros === null || ground === undefined || gpus.length === 0 || whyNotVisible(offer.facts, now) !== null)
      return [];
    return [
      {
        listingId: offer.listingId,
        hostId: offer.hostId,
        model: gpus[0]?.model ?? '',
        simulated: offer.simulated,
        gpuCount: gpus.length,
        minGpus: terms.minGpus,
        diskPrice: terms.diskPriceMicrosPerGibMonth,
        floorMicros,
        ground,
      },
    ];
  });
}
