import type { Ranking } from '#lib/catalogue/offer.ts';
import { lowestBit } from './bits.ts';
import type { Columns } from './columns.ts';
import type { KeptListing } from './kept-listing.ts';

export type Compare = (a: number, b: number) => number;

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
  // The more hits there are, the sooner the cheapest are met on the way along the prices.
  if ('by' in ranking && ranking.by === 'price' && (prices.length / total) * wanted < total * STEPS_OF_A_HIT)
    return alongPrices(found, prices, skip, take);
  const compare = compareOf(columns, ranking, keys);
  const first = firstOfHighest(columns, found, prices, ranking, wanted);
  if (first !== undefined) return first.slice(skip);
  const rows =
    wanted >= total / 4
      ? rowsOf(found).sort(compare)
      : best(found, wanted, compare, { price: columns.price, key: keys ?? keyOf(columns, ranking) });
  return rows.slice(skip, wanted);
}

function alongPrices(found: Int32Array, prices: Uint32Array, skip: number, take: number): number[] {
  const rows: number[] = [];
  let seen = 0;
  for (let at = 0; rows.length < take && at < prices.length; at += 1) {
    const row = prices[at] as number;
    if ((((found[row >>> 5] as number) >>> (row & 31)) & 1) === 0) continue;
    seen += 1;
    if (seen > skip) rows.push(row);
  }
  return rows;
}

/**
 * Where enough hits have the highest key that a row can have, the cheapest of those are the page, and are met on the way along
 * the prices; undefined when they are not met soon.
 */
function firstOfHighest(
  columns: Columns,
  found: Int32Array,
  prices: Uint32Array,
  ranking: Ranking,
  wanted: number,
): number[] | undefined {
  if ('near' in ranking || (ranking.by !== 'vram' && ranking.by !== 'reliability')) return undefined;
  const key = ranking.by === 'vram' ? columns.vramBytes : columns.points;
  const highest = ranking.by === 'vram' ? columns.mostVramBytes : MOST_POINTS;
  const rows: number[] = [];
  const end = Math.min(prices.length, SOON * wanted);
  for (let at = 0; rows.length < wanted && at < end; at += 1) {
    const row = prices[at] as number;
    if ((((found[row >>> 5] as number) >>> (row & 31)) & 1) === 1 && key[row] === highest) rows.push(row);
  }
  return rows.length === wanted ? rows : undefined;
}

type Key = Float64Array | Int16Array;

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

/**
 * The first `count` of the rows found, sorted: a heap with the last of them on top, which most rows do not beat. Those that
 * do not by their key or price alone are passed over without a call.
 */
function best(
  found: Int32Array,
  count: number,
  compare: Compare,
  { price, key }: { readonly price: Float64Array; readonly key: Key | null | undefined },
): number[] {
  const heap: number[] = [];
  let worstKey = Number.NEGATIVE_INFINITY;
  let worstPrice = Number.POSITIVE_INFINITY;
  for (let word = 0; word < found.length; word += 1) {
    for (let bits = found[word] as number; bits !== 0; bits &= bits - 1) {
      const row = word * 32 + lowestBit(bits);
      if (heap.length < count) rise(heap, row, compare);
      else {
        if (key !== undefined) {
          const own = key === null ? 0 : (key[row] as number);
          if (own < worstKey || (own === worstKey && (price[row] as number) > worstPrice)) continue;
        }
        if (compare(row, heap[0] as number) >= 0) continue;
        sink(heap, row, compare);
      }
      if (heap.length < count || key === undefined) continue;
      const worst = heap[0] as number;
      worstKey = key === null ? 0 : (key[worst] as number);
      worstPrice = price[worst] as number;
    }
  }
  return heap.sort(compare);
}

function rise(heap: number[], row: number, compare: Compare): void {
  let at = heap.length;
  heap.push(row);
  while (at > 0) {
    const above = (at - 1) >>> 1;
    if (compare(heap[above] as number, row) >= 0) break;
    heap[at] = heap[above] as number;
    at = above;
  }
  heap[at] = row;
}

function sink(heap: number[], row: number, compare: Compare): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && compare(heap[below + 1] as number, heap[below] as number) > 0) below += 1;
    if (compare(heap[below] as number, row) <= 0) break;
    heap[at] = heap[below] as number;
    at = below;
  }
  heap[at] = row;
}

function idOf(columns: Columns, row: number): string {
  return (columns.listings[row] as KeptListing).listingId;
}
