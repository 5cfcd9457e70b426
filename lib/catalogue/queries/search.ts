import { listingIndex } from '#lib/catalogue/index/live-index.ts';
import type { CountryOffers } from '#lib/catalogue/map.ts';
import type { OfferRow, OffersFound, Ranking } from '#lib/catalogue/offer.ts';
import { EVERYTHING, type SearchAsk } from '#lib/catalogue/search.ts';
import { db } from '#lib/io/db.ts';
import { findOffers } from './find-offers.ts';

/** Offers on one page of a search. */
export const OFFERS_A_PAGE = 25;

export type SearchResult = OffersFound & { readonly pages: number };

/** From this process's index while it is exact, else from the database: the same answer, but for its 100 ms. */
async function find(
  viewer: { readonly userId: string } | null,
  ask: SearchAsk,
  ranking: Ranking,
  page: { readonly take: number; readonly skip: number },
  now: Date,
): Promise<OffersFound> {
  return listingIndex()?.find(viewer, ask, ranking, page, now) ?? findOffers(viewer, ask, ranking, page, now);
}

/** What this market offers now to whoever looks, as asked. A page beyond the last is empty; its `total` is right nevertheless. */
export async function searchListings(
  viewer: { readonly userId: string } | null,
  ask: SearchAsk,
  now: Date,
): Promise<SearchResult> {
  const skip = (ask.page - 1) * OFFERS_A_PAGE;
  const found = await find(viewer, ask, { by: ask.sort }, { take: OFFERS_A_PAGE, skip }, now);
  return { ...found, pages: Math.max(1, Math.ceil(found.total / OFFERS_A_PAGE)) };
}

/** The first offers that a search finds, beyond one page of it. */
export async function firstOffers(
  viewer: { readonly userId: string } | null,
  ask: SearchAsk,
  take: number,
  now: Date,
): Promise<readonly OfferRow[]> {
  return (await find(viewer, ask, { by: 'price' }, { take, skip: 0 }, now)).rows;
}

/** Offers that a map looks at for the cheapest of each country; where a country has none among them, it is asked for by itself. */
const LOOKED_AT = 500;

/** What a search finds in each country: how many offers, and the cheapest. Its own choice of countries counts. */
export async function offersByCountry(
  viewer: { readonly userId: string } | null,
  ask: SearchAsk,
  now: Date,
): Promise<readonly CountryOffers[]> {
  const byPrice = async (countries: readonly string[], take: number) =>
    find(viewer, { ...ask, countries }, { by: 'price' }, { take, skip: 0 }, now);
  const found = await byPrice(ask.countries, LOOKED_AT);
  const chosen = found.countries.filter(
    ({ country, offers }) => offers > 0 && (ask.countries.length === 0 || ask.countries.includes(country)),
  );
  return Promise.all(
    chosen.map(async ({ country, offers }) => {
      const row =
        found.rows.find((one) => one.country === country) ??
        (found.total > LOOKED_AT ? (await byPrice([country], 1)).rows[0] : undefined);
      return { country, offers, cheapestMicros: row?.priceMicrosPerGpuHour ?? null };
    }),
  );
}

const MORE_THAN_THERE_ARE = 1_000_000;

/** Everything that this market offers now, also what is taken, unverified or simulated; the cheapest first. */
export async function everyOffer(now: Date): Promise<readonly OfferRow[]> {
  const ask: SearchAsk = { ...EVERYTHING, trust: 'new', taken: true };
  return (await find(null, ask, { by: 'price' }, { take: MORE_THAN_THERE_ARE, skip: 0 }, now)).rows;
}

/**
 * Up to three offers that could replace one that was just lost: free now for so many GPUs, never simulated in place of a
 * real one, never the viewer's own; same model first, then no less memory, then the nearest price. Empty when there is no such listing.
 */
export async function nearestOffers(
  viewer: { readonly userId: string } | null,
  listingId: string,
  gpuCount: number,
  now: Date,
): Promise<readonly OfferRow[]> {
  const lost = await db.listing.findUnique({
    where: { id: listingId },
    select: {
      machineId: true,
      priceMicrosPerGpuHour: true,
      machine: { select: { simulated: true, gpus: { select: { model: true, vramBytes: true }, take: 1 } } },
    },
  });
  const gpu = lost?.machine.gpus[0];
  if (!lost || gpu === undefined) return [];
  const ask: SearchAsk = { ...EVERYTHING, gpus: gpuCount, hideSimulated: !lost.machine.simulated };
  const near = {
    listingId,
    machineId: lost.machineId,
    gpuModel: gpu.model,
    vramBytes: gpu.vramBytes,
    priceMicrosPerGpuHour: lost.priceMicrosPerGpuHour,
  };
  const found = await find(viewer, ask, { near }, { take: 12, skip: 0 }, now);
  return found.rows.filter((offer) => !offer.own).slice(0, 3);
}
