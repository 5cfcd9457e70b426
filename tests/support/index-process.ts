/**
 * A process that keeps the index of listings as a web process does. It says to whoever started it `{ exact, at, prices }` whenever what it
 * would answer may be different: the instant of its answer, and the price of each listing.
 */
import { theWorld } from '#lib/base/time.ts';
import { listingIndex, startListingIndex } from '#lib/catalogue/index/live-index.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';

export type IndexSays = { readonly at: number; readonly prices: Readonly<Record<string, string>> | null };

startListingIndex();
const say = () => {
  const now = theWorld.now();
  const ask = { ...EVERYTHING, trust: 'new', taken: true } as const;
  const found = listingIndex()?.find(null, ask, { by: 'price' }, { take: 100, skip: 0 }, now);
  const said: IndexSays = {
    at: Date.now(),
    prices: found
      ? Object.fromEntries(found.rows.map((row) => [row.listingId, row.priceMicrosPerGpuHour.toString()]))
      : null,
  };
  process.send?.(said);
};
listingIndex()?.onChange(say);
process.on('disconnect', () => process.exit());
