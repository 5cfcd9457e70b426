import { lowestBit } from './bits.ts';

export type Compare = (a: number, b: number) => number;
/** A column, the highest of which comes first. */
export type Key = Float64Array | Int16Array;

/**
 * The first `count` of the rows found, sorted: a heap with the last of them on top, which most rows do not beat. Those that
 * do not by their key or price alone are passed over without a call.
 */
export function best(
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
