import type { Ranking } from '#lib/catalogue/offer.ts';
import { lowestBit } from './bits.ts';
import type { Columns } from './columns.ts';
import type { KeptListing } from './kept-listing.ts';

export type Compare = (a: number, b: number) => number;

/** So few hits are gathered and sorted; in a larger crowd the cheapest are met soon on the way along the prices. */
const FEW = 1_000;

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
): number[] {
  if (skip >= total || take <= 0) return [];
  const compare = compareOf(columns, ranking);
  if (total <= FEW)
    return rowsOf(found)
      .sort(compare)
      .slice(skip, skip + take);
  if ('by' in ranking && ranking.by === 'price') {
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
  if (skip + take >= total / 8)
    return rowsOf(found)
      .sort(compare)
      .slice(skip, skip + take);
  return best(found, skip + take, compare).slice(skip);
}

function compareOf(columns: Columns, ranking: Ranking): Compare {
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
  if (ranking.by === 'price') return cheapest;
  const key = { vram: columns.vramBytes, reliability: columns.points, newest: columns.publishedAt }[ranking.by];
  return (a, b) => (key[b] as number) - (key[a] as number) || cheapest(a, b);
}

function rowsOf(found: Int32Array): number[] {
  const rows: number[] = [];
  for (let word = 0; word < found.length; word += 1)
    for (let bits = found[word] as number; bits !== 0; bits &= bits - 1) rows.push(word * 32 + lowestBit(bits));
  return rows;
}

/** The first `count` of the rows found, sorted: a heap with the last of them on top, which most rows do not beat. */
function best(found: Int32Array, count: number, compare: Compare): number[] {
  const heap: number[] = [];
  for (let word = 0; word < found.length; word += 1) {
    for (let bits = found[word] as number; bits !== 0; bits &= bits - 1) {
      const row = word * 32 + lowestBit(bits);
      if (heap.length < count) rise(heap, row, compare);
      else if (compare(row, heap[0] as number) < 0) sink(heap, row, compare);
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
