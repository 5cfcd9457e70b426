import { addDays, dayOf, dayStart } from '#lib/base/day.ts';
import { groupKey, labelOf, type PriceBand, type PriceLabel } from '#lib/catalogue/price-band.ts';
import { changesWithin, type PriceChange, type PriceLine } from '#lib/catalogue/price-line.ts';
import { db } from '#lib/io/db.ts';
import { type ListingPage, listingPage } from './listing.ts';
import { priceBands } from './price-bands.ts';
import { priceLines } from './price-lines.ts';

/** How far back the page of a listing looks. */
export const LISTING_PRICE_DAYS = 90;

/** A listing's price, past and present, and what it is compared with. Amounts in micro-dollars per GPU-hour. */
export type ListingPrices = {
  readonly listingId: string;
  readonly priceMicrosPerGpuHour: bigint;
  readonly from: Date;
  /** Every price it had since then, oldest first. */
  readonly changes: readonly PriceChange[];
  /** What others of the same model and tier asked, day by day. */
  readonly market: PriceLine;
  readonly band: PriceBand | null;
  /** Null: too little to judge by. */
  readonly label: PriceLabel | null;
};

/** What a page of a listing says of it that its prices need. */
export type PricedPage = Pick<ListingPage, 'listingId' | 'gpuModel' | 'trust' | 'simulated' | 'publishedAt'> & {
  readonly terms: Pick<ListingPage['terms'], 'priceMicrosPerGpuHour'>;
};

/** The prices of a listing for whoever looks; one that its viewer does not see is not found. */
export async function listingPrices(
  viewer: { readonly userId: string; readonly role: string } | null,
  listingId: string,
  now: Date,
): Promise<ListingPrices> {
  return pricesOfPage(await listingPage(viewer, listingId, now), now);
}

/** The same for a page that its viewer sees already. */
export async function pricesOfPage(page: PricedPage, now: Date): Promise<ListingPrices> {
  const group = { model: page.gpuModel, tier: page.trust, simulated: page.simulated };
  const today = dayOf(now);
  const days = LISTING_PRICE_DAYS;
  const start = dayStart(addDays(today, -days));
  const [rows, bands, lines] = await Promise.all([
    db.listingPrice.findMany({
      where: { listingId: page.listingId, since: { lte: now } },
      orderBy: [{ since: 'asc' }, { id: 'asc' }],
      select: { since: true, priceMicrosPerGpuHour: true },
    }),
    priceBands(now),
    priceLines({ model: group.model, simulated: group.simulated, byTier: true, days }, now),
  ]);
  const band = bands.get(groupKey(group)) ?? null;
  const { priceMicrosPerGpuHour } = page.terms;
  const seenSince = page.publishedAt === null || page.publishedAt < start ? start : page.publishedAt;
  return {
    listingId: page.listingId,
    priceMicrosPerGpuHour,
    from: seenSince,
    changes: changesWithin(rows, seenSince, new Date(now.getTime() + 1)),
    market: lines.find(({ tier }) => tier === group.tier) ?? {
      ...group,
      from: addDays(today, -days),
      to: addDays(today, -1),
      points: [],
    },
    band,
    label: labelOf(priceMicrosPerGpuHour, band ?? undefined),
  };
}
