import type { Ranking } from '#lib/catalogue/offer.ts';
import { rankKeyOf } from '#lib/catalogue/rank-key.ts';
import type { SearchAsk } from '#lib/catalogue/search.ts';
import { lowestBit } from './bits.ts';
import type { Columns } from './columns.ts';
import type { KeptListing } from './kept-listing.ts';

/**
 * Keys of the rows found, the best highest, where a search is ordered by what follows from the listing and the job together;
 * undefined for every other order, which so costs nothing.
 */
export function jobKeys(
  columns: Columns,
  found: Int32Array,
  ask: SearchAsk,
  ranking: Ranking,
): Float64Array | undefined {
  const keyOf = 'near' in ranking ? null : rankKeyOf(ranking.by, ask);
  if (keyOf === null) return undefined;
  const keys = new Float64Array(found.length * 32);
  for (let word = 0; word < found.length; word += 1)
    for (let bits = found[word] as number; bits !== 0; bits &= bits - 1) {
      const row = word * 32 + lowestBit(bits);
      const freeGpus = columns.freeGpus[row] as number;
      keys[row] = -keyOf(columns.listings[row] as KeptListing, freeGpus);
    }
  return keys;
}
