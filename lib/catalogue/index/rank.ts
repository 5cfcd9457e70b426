import type { Ranking } from '#lib/catalogue/offer.ts';
import { best, type Compare, type Key } from './best.ts';
import { CHUNK_WORDS, common, lowestBit, type RowSet } from './bits.ts';
import type { Columns } from './columns.ts';
import type { KeptListing } from './kept-listing.ts';

/** A step along the prices costs about this much less than a hit that is gathered and compared. */
const STEPS_OF_A_HIT = 12;
/** Reliability of a machine that was never away. */
const MOST_POINTS = 10_000;
/** So many steps for each row of a page are not too many to try. */
const SOON = 200;

/** Cheapest first, then by id: the order under every other order. */
export function byPrice(columns: Columns): Compare {
  return (a, b) => {
    const difference = (columns.price[a] as number) - (columns.price[b] as number);
    return difference !== 0 ? difference : idOf(columns, a) < idOf(columns, b) ? -1 : 1;
  };
}

/** One page of the rows that were found, in the order asked for. `prices` holds all rows, the cheapest first. */
export function pageOf(
  columns: Columns,
  found: Int32Array,
  total: number,
  prices: Uint32Array,
  ranking: Ranking,
  { skip, take }: { readonly skip: number; readonly take: number },
  /** Keys of the rows that were found, the highest first, for an order that no column has. */
  keys?: Float64Array | undefined,
): number[] {
  if (skip >= total || take <= 0) return [];
  const wanted = skip + take;
  const first = (hits: Int32Array, count: number, most: number, by: Ranking) =>
    firstOf(columns, hits, count, prices, by, most, keys);
  // Few hits are sorted sooner than they are looked for in each group.
  const groups = total > found.length ? groupsOf(columns, ranking) : undefined;
  const rows =
    groups === undefined
      ? first(found, total, wanted, ranking)
      : // Of rows with the same memory the order is that of the prices.
        fromGroups(groups, found, wanted, (hits, count, most) =>
          first(hits, count, most, 'by' in ranking && ranking.by === 'vram' ? { by: 'price' } : ranking),
        );
  return rows.slice(skip, wanted);
}

/** Sets of rows of which every row of one comes before every row of the next; undefined for an order that has none. */
function groupsOf(columns: Columns, ranking: Ranking): RowSet[] | undefined {
  if ('near' in ranking) return undefined;
  if (ranking.by === 'vram') return columns.byVramBytes.fromHighest();
  if (ranking.by === 'newest') return columns.byWeek.fromHighest();
  return undefined;
}

/** The first rows found, group after group: those of later groups are not looked at. */
function fromGroups(
  groups: readonly RowSet[],
  found: Int32Array,
  wanted: number,
  firstOfGroup: (hits: Int32Array, count: number, most: number) => number[],
): number[] {
  const rows: number[] = [];
  const hits = new Int32Array(found.length);
  for (const group of groups) {
    const count = common(group, found, hits);
    if (count > 0) for (const row of firstOfGroup(hits, count, wanted - rows.length)) rows.push(row);
    if (rows.length >= wanted) break;
  }
  return rows;
}

/** At most so many of the rows found, the first of them. */
function firstOf(
  columns: Columns,
  found: Int32Array,
  total: number,
  prices: Uint32Array,
  ranking: Ranking,
  wanted: number,
  keys: Float64Array | undefined,
): number[] {
  if ('by' in ranking && ranking.by === 'price') {
    const span = pricesOf(columns, found, prices);
    // The more hits there are, the sooner the cheapest are met on the way along the prices.
    if ((span.length / total) * wanted < total * STEPS_OF_A_HIT) return alongPrices(found, span, wanted);
  }
  const compare = compareOf(columns, ranking, keys);
  return (
    firstOfHighest(columns, found, prices, ranking, wanted) ??
    (wanted >= total / 4
      ? rowsOf(found).sort(compare)
      : best(found, wanted, compare, { price: columns.price, key: keys ?? keyOf(columns, ranking) }))
  );
}

/** The stretch of the prices outside of which no row found can stand, by the prices of their chunks. */
function pricesOf(columns: Columns, found: Int32Array, prices: Uint32Array): Uint32Array {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let word = 0; word < found.length; word += 1) {
    if (found[word] === 0) continue;
    const chunk = Math.floor(word / CHUNK_WORDS);
    lowest = Math.min(lowest, columns.lowest[chunk] as number);
    highest = Math.max(highest, columns.highest[chunk] as number);
    word = (chunk + 1) * CHUNK_WORDS - 1;
  }
  const { price } = columns;
  return prices.subarray(
    firstPlace(prices, (row) => (price[row] as number) >= lowest),
    firstPlace(prices, (row) => (price[row] as number) > highest),
  );
}

/** Where the first row stands of which something holds that also holds for all after it. */
function firstPlace(rows: Uint32Array, holds: (row: number) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(rows[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function alongPrices(found: Int32Array, prices: Uint32Array, wanted: number): number[] {
  const rows: number[] = [];
  for (let at = 0; rows.length < wanted && at < prices.length; at += 1) {
    const row = prices[at] as number;
    if ((((found[row >>> 5] as number) >>> (row & 31)) & 1) === 1) rows.push(row);
  }
  return rows;
}

/**
 * Where enough hits have the highest reliability that there is, the cheapest of those come first, and are met on the way along
 * the prices; undefined when they are not met soon.
 */
function firstOfHighest(
  columns: Columns,
  found: Int32Array,
  prices: Uint32Array,
  ranking: Ranking,
  wanted: number,
): number[] | undefined {
  if ('near' in ranking || ranking.by !== 'reliability') return undefined;
  const { points } = columns;
  const rows: number[] = [];
  const end = Math.min(prices.length, SOON * wanted);
  for (let at = 0; rows.length < wanted && at < end; at += 1) {
    const row = prices[at] as number;
    if ((((found[row >>> 5] as number) >>> (row & 31)) & 1) === 1 && points[row] === MOST_POINTS) rows.push(row);
  }
  return rows.length === wanted ? rows : undefined;
}

/** What rows are ordered by before their price, the highest first; undefined where it is none of the columns, null for the price alone. */
function keyOf(columns: Columns, ranking: Ranking): Key | null | undefined {
  if ('near' in ranking) return undefined;
  if (ranking.by === 'price' || ranking.by === 'cost' || ranking.by === 'start') return null;
  return { vram: columns.vramBytes, reliability: columns.points, newest: columns.publishedAt }[ranking.by];
}

function compareOf(columns: Columns, ranking: Ranking, keys: Float64Array | undefined): Compare {
  const cheapest = byPrice(columns);
  if ('near' in ranking) {
    const { gpuModel, vramBytes, priceMicrosPerGpuHour } = ranking.near;
    const least = Number(vramBytes);
    const price = Number(priceMicrosPerGpuHour);
    const sameModel = (row: number) => ((columns.listings[row] as KeptListing).gpuModel === gpuModel ? 0 : 1);
    const enough = (row: number) => ((columns.vramBytes[row] as number) >= least ? 0 : 1);
    const far = (row: number) => Math.abs((columns.price[row] as number) - price);
    return (a, b) => sameModel(a) - sameModel(b) || enough(a) - enough(b) || far(a) - far(b) || cheapest(a, b);
  }
  const key = keys ?? keyOf(columns, ranking);
  if (key === null || key === undefined) return cheapest;
  // Two that are endless differ by no number, which is as good as nothing.
  return (a, b) => (key[b] as number) - (key[a] as number) || cheapest(a, b);
}

function rowsOf(found: Int32Array): number[] {
  const rows: number[] = [];
  for (let word = 0; word < found.length; word += 1)
    for (let bits = found[word] as number; bits !== 0; bits &= bits - 1) rows.push(word * 32 + lowestBit(bits));
  return rows;
}

function idOf(columns: Columns, row: number): string {
  return (columns.listings[row] as KeptListing).listingId;
}
