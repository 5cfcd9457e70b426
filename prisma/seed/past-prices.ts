import type { Micros } from '#lib/base/money.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { between } from './chance.ts';
import type { MarketOffer } from './offers.ts';

/** What a listing asked from an instant on. */
export type PastPrice = { readonly at: Date; readonly priceMicrosPerGpuHour: Micros };

const MILLS = 1_000n;

/**
 * Made-up earlier prices of an offer, oldest first: up to two changes in the last 80 days, a few percent each, in tenths of a
 * cent. The last is the price of the file. The same in every demo market.
 */
export function pastPrices(offer: MarketOffer, publishedAt: Date, now: Date): PastPrice[] {
  const { index } = offer;
  const count = between(index, 'price changes', 0, 2);
  const ages = Array.from({ length: count }, (_, turn) => between(index, `price age ${turn}`, 2 * 24, 80 * 24) * HOUR);
  const instants = [...new Set(ages)]
    .sort((a, b) => b - a)
    .map((age) => new Date(now.getTime() - age))
    .filter((at) => at.getTime() > publishedAt.getTime() + DAY / 4);
  let price = offer.priceMicrosPerGpuHour;
  const earlier = instants.toReversed().map((at, turn) => {
    const after = price;
    price = ((after * BigInt(between(index, `price step ${turn}`, 92, 114))) / 100n / MILLS) * MILLS;
    if (price < MILLS) price = after;
    return { at, priceMicrosPerGpuHour: after };
  });
  return [{ at: publishedAt, priceMicrosPerGpuHour: price }, ...earlier.toReversed()];
}

/** What an offer asks when it is published. */
export function firstPrice(offer: MarketOffer, publishedAt: Date, now: Date): Micros {
  return pastPrices(offer, publishedAt, now)[0]?.priceMicrosPerGpuHour ?? offer.priceMicrosPerGpuHour;
}
