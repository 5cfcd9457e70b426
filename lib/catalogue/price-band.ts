import type { Day } from '#lib/base/day.ts';
import type { Micros } from '#lib/base/money.ts';
import type { TrustTier } from './machine.ts';

/** So many days that are over make a band, up to yesterday (UTC). */
export const BAND_DAYS = 30;
/** Fewer prices than this say nothing: no label. */
export const LEAST_PRICES = 20;
/** Nor does a market of one or two, however long they ask the same. */
export const LEAST_LISTINGS = 3;

/** A price and how often it was asked. */
export type CountedPrice = { readonly priceMicrosPerGpuHour: Micros; readonly count: number };

/**
 * The smallest price that at least so many percent of all do not exceed (nearest rank): always a price that somebody asked, and
 * exact. Prices may come in any order; undefined when there is none.
 */
export function percentileOf(prices: readonly CountedPrice[], percent: number): Micros | undefined {
  const total = prices.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  for (const { priceMicrosPerGpuHour, count } of sorted(prices)) {
    passed += count;
    if (count > 0 && passed * 100 >= total * percent) return priceMicrosPerGpuHour;
  }
  return undefined;
}

function sorted(prices: readonly CountedPrice[]): readonly CountedPrice[] {
  const compare = (a: CountedPrice, b: CountedPrice) =>
    a.priceMicrosPerGpuHour < b.priceMicrosPerGpuHour ? -1 : a.priceMicrosPerGpuHour > b.priceMicrosPerGpuHour ? 1 : 0;
  return prices.every((price, at) => at === 0 || compare(prices[at - 1] as CountedPrice, price) <= 0)
    ? prices
    : prices.toSorted(compare);
}

/** Listings that are compared with each other: the same model, the same trust tier, and never a recording with a real machine. */
export type PriceGroup = { readonly model: string; readonly tier: TrustTier; readonly simulated: boolean };

/** What was asked for a group in the last {@link BAND_DAYS} days that are over. Amounts in micro-dollars per GPU-hour. */
export type PriceBand = PriceGroup & {
  /** Prices that it is made of: one for each listing and day. */
  readonly n: number;
  /** Listings on the fullest of those days. */
  readonly listings: number;
  readonly p25Micros: Micros;
  readonly medianMicros: Micros;
  readonly p75Micros: Micros;
  readonly lowestMicros: Micros;
  readonly highestMicros: Micros;
  /** The first and the last day that it looks at. */
  readonly from: Day;
  readonly to: Day;
};

/** Bands by {@link groupKey}. */
export type PriceBands = ReadonlyMap<string, PriceBand>;

export function groupKey({ model, tier, simulated }: PriceGroup): string {
  return `${simulated ? 'simulated' : 'real'} ${tier} ${model}`;
}

/** The band of a group from how often each price was asked; null when nobody asked any. */
export function bandOf(
  group: PriceGroup,
  prices: readonly CountedPrice[],
  about: { readonly listings: number; readonly from: Day; readonly to: Day },
): PriceBand | null {
  const asked = sorted(prices.filter(({ count }) => count > 0));
  const [p25Micros, medianMicros, p75Micros] = [25, 50, 75].map((percent) => percentileOf(asked, percent));
  const [lowest, highest] = [asked[0], asked.at(-1)];
  if (p25Micros === undefined || medianMicros === undefined || p75Micros === undefined) return null;
  if (lowest === undefined || highest === undefined) return null;
  return {
    model: group.model,
    tier: group.tier,
    simulated: group.simulated,
    n: asked.reduce((sum, { count }) => sum + count, 0),
    ...{ p25Micros, medianMicros, p75Micros },
    lowestMicros: lowest.priceMicrosPerGpuHour,
    highestMicros: highest.priceMicrosPerGpuHour,
    listings: about.listings,
    from: about.from,
    to: about.to,
  };
}

export const PRICE_WORDS = ['low', 'typical', 'high'] as const;
export type PriceWord = (typeof PRICE_WORDS)[number];

/** How a price stands against its band, and the band that says so. */
export type PriceLabel = { readonly word: PriceWord; readonly band: PriceBand };

/** Whether a band is made of enough to judge by. */
export function isEnough(band: Pick<PriceBand, 'n' | 'listings'>): boolean {
  return band.n >= LEAST_PRICES && band.listings >= LEAST_LISTINGS;
}

/** Below P25 is low, above P75 is high, anything from one to the other is typical. Null when there is too little to judge by. */
export function labelOf(priceMicrosPerGpuHour: Micros, band: PriceBand | undefined): PriceLabel | null {
  if (band === undefined || !isEnough(band)) return null;
  const word =
    priceMicrosPerGpuHour < band.p25Micros ? 'low' : priceMicrosPerGpuHour > band.p75Micros ? 'high' : 'typical';
  return { word, band };
}

/** The label of an offer as searches show it. For a whole page of offers: ask for the bands once, then this for each. */
export function priceLabel(
  offer: {
    readonly gpuModel: string;
    readonly trust: TrustTier;
    readonly simulated: boolean;
    readonly priceMicrosPerGpuHour: Micros;
  },
  bands: PriceBands,
): PriceLabel | null {
  return labelOf(
    offer.priceMicrosPerGpuHour,
    bands.get(groupKey({ ...offer, model: offer.gpuModel, tier: offer.trust })),
  );
}
