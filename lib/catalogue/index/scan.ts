import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { FILTERS, type Filter, GPU_COUNTS, type SearchAsk } from '#lib/catalogue/search.ts';
import { type Bits, CHUNK_ROWS, CHUNK_WORDS, lowestBit, popcount, type SomeRows, unite } from './bits.ts';
import type { Columns } from './columns.ts';
import { type Pass, passesOf } from './passes.ts';

/** Counts of a search; by code where the column has a dictionary. `gpus`: offers that give so many GPUs at once, in the order of GPU_COUNTS. */
export type Counts = {
  offered: number;
  total: number;
  readonly leftOut: Record<Filter, number>;
  readonly gained: Record<Filter, number>;
  readonly models: Int32Array;
  readonly countries: Int32Array;
  readonly tiers: Uint32Array;
  readonly gpus: Int32Array;
};

/**
 * One pass over the bits: which rows a search finds (into `found`), and the counts. A row that fails exactly one filter is what the
 * search would gain without it, so "fails one" and "fails more" are carried along, 32 rows at a time. `except` is a row that
 * does not count at all.
 */
export function scan(columns: Columns, ask: SearchAsk, except: number | undefined, found: Int32Array): Counts {
  const counts: Counts = {
    offered: 0,
    total: 0,
    leftOut: noneOfEach(),
    gained: noneOfEach(),
    models: new Int32Array(columns.models.values.length),
    countries: new Int32Array(columns.countries.values.length),
    tiers: new Uint32Array(TRUST_TIERS.length),
    gpus: new Int32Array(GPU_COUNTS.length),
  };
  const passes = passesOf(columns, ask);
  const leftOut = new Int32Array(passes.length);
  const gained = new Int32Array(passes.length);
  const { gpus, taken } = ask;
  const sizes = gpus === null ? NONE : columns.byGpuCount.where((count) => count >= gpus);
  const leasts = gpus === null ? NONE : columns.byMinGpus.where((least) => least <= gpus);
  const frees = gpus === null ? NONE : columns.byFreeGpus.where((free) => free >= gpus);
  const scratch = Array.from({ length: 8 }, () => new Int32Array(CHUNK_WORDS)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const [one, more, sized, leasted, freed, shown, giving, here] = scratch;
  const fits = taken ? columns.fits : columns.fitsFree;
  let total = 0;
  let tested = 0;
  let checked = 0;
  // Differences may be taken away before what they are taken from was added.
  const pairs = new Int32Array(columns.pairs.length);
  let countsOut = 0;
  let countsGained = 0;
  let takenOut = 0;
  let takenGained = 0;

  for (let chunk = 0; chunk < columns.usedChunks; chunk += 1) {
    const base = chunk * CHUNK_WORDS;
    let offered = columns.offered.chunks[chunk] as Int32Array;
    if (except !== undefined && Math.floor(except / CHUNK_ROWS) === chunk) {
      shown.set(offered);
      const word = (except % CHUNK_ROWS) >>> 5;
      shown[word] = (shown[word] as number) & ~(1 << (except & 31));
      offered = shown;
    }
    one.fill(0);
    more.fill(0);
    for (let at = 0; at < passes.length; at += 1) {
      const pass = passes[at] as Pass;
      const rows = pass.rowsOf(chunk);
      if (pass.known === undefined || except !== undefined)
        leftOut[at] = (leftOut[at] as number) + countFails(offered, rows);
      addFails(offered, rows, one, more);
    }

    const bookable = taken ? offered : (columns.bookable.chunks[chunk] as Int32Array);
    const size = gpus === null ? offered : unite(sizes, chunk, sized);
    const least = gpus === null ? offered : unite(leasts, chunk, leasted);
    const free = gpus === null || taken ? bookable : unite(frees, chunk, freed);
    const selfTested = columns.selfTested.chunks[chunk] as Int32Array;
    const staffChecked = columns.staffChecked.chunks[chunk] as Int32Array;
    const offeredHere = except === undefined ? (columns.offeredIn[chunk] as number) : Number.POSITIVE_INFINITY;
    let nearly = 0;
    const before = total;
    for (let word = 0; word < CHUNK_WORDS; word += 1) {
      const all = offered[word] as number;
      const fails = one[word] as number;
      const wrongCount = all & ~((size[word] as number) & (least[word] as number));
      const notFree = all & ~(free[word] as number);
      const someFree = all & (bookable[word] as number);
      const rest = all & ~fails;
      const hits = rest & ~wrongCount & ~notFree;
      found[base + word] = hits;
      here[word] = hits;
      giving[word] = rest & someFree;
      if (gpus !== null) {
        countsOut += popcount(wrongCount | (someFree & notFree));
        countsGained += popcount(rest & someFree & (wrongCount | notFree));
        takenOut += popcount(notFree);
      }
      takenGained += popcount(rest & ~wrongCount & notFree);
      // From here on: what fails exactly one of the filters of `passes`, and nothing else.
      const single = fails & ~(more[word] as number) & ~wrongCount & ~notFree;
      one[word] = single;
      nearly |= single;
      total += popcount(hits);
    }
    tested += countBoth(here, selfTested);
    checked += countBoth(here, staffChecked);
    if (total > before) {
      const many = 2 * (total - before) > offeredHere ? columns.pairsIn.of(chunk) : undefined;
      countAll(pairs, columns.pair, base * 32, here, offered, many);
    }
    for (let at = 0; at < fits.length; at += 1)
      counts.gpus[at] = (counts.gpus[at] as number) + countBoth(giving, (fits[at] as Bits).chunks[chunk] as Int32Array);
    if (nearly === 0) continue;
    for (let at = 0; at < passes.length; at += 1) {
      const pass = passes[at] as Pass;
      const codes = pass.filter === 'model' ? columns.model : pass.filter === 'country' ? columns.country : undefined;
      const into = pass.filter === 'model' ? counts.models : counts.countries;
      const rows = pass.rowsOf(chunk);
      let sum = 0;
      for (let word = 0; word < CHUNK_WORDS; word += 1) {
        const only = (one[word] as number) & ~(rows[word] as number);
        here[word] = only;
        if (only !== 0) sum += popcount(only);
      }
      if (sum === 0) continue;
      gained[at] = (gained[at] as number) + sum;
      if (codes !== undefined) {
        const inChunk = pass.filter === 'model' ? columns.modelsIn : columns.countriesIn;
        countAll(into, codes, base * 32, here, offered, 2 * sum > offeredHere ? inChunk.of(chunk) : undefined);
      } else if (pass.filter === 'trust')
        addTiers(counts.tiers, sum, countBoth(here, selfTested), countBoth(here, staffChecked));
    }
  }
  counts.offered = columns.offeredCount;
  if (gpus === null && !taken) takenOut = columns.offeredCount - columns.bookableCount;
  if (except !== undefined && columns.offered.has(except)) {
    counts.offered -= 1;
    if (gpus === null && !taken && !columns.bookable.has(except)) takenOut -= 1;
  }
  counts.total = total;
  columns.pairs.forEach(({ model, country }, pair) => {
    counts.models[model] = (counts.models[model] as number) + (pairs[pair] as number);
    counts.countries[country] = (counts.countries[country] as number) + (pairs[pair] as number);
  });
  addTiers(counts.tiers, total, tested, checked);
  passes.forEach(({ filter, known }, at) => {
    counts.leftOut[filter] =
      known === undefined || except !== undefined ? (leftOut[at] as number) : columns.offeredCount - known;
    counts.gained[filter] = gained[at] as number;
  });
  counts.leftOut.gpus = countsOut;
  counts.gained.gpus = countsGained;
  counts.leftOut.taken = takenOut;
  counts.gained.taken = takenGained;
  return counts;
}

const NONE: SomeRows = { sets: [], others: false };

/** Adds one filter: what it fails goes from none to one, from one to more. */
function addFails(offered: Int32Array, passes: Int32Array, one: Int32Array, more: Int32Array): void {
  for (let word = 0; word < CHUNK_WORDS; word += 1) {
    const fails = (offered[word] as number) & ~(passes[word] as number);
    const before = one[word] as number;
    more[word] = (more[word] as number) | (before & fails);
    one[word] = before | fails;
  }
}

function countFails(offered: Int32Array, passes: Int32Array): number {
  let sum = 0;
  for (let word = 0; word < CHUNK_WORDS; word += 1)
    sum += popcount((offered[word] as number) & ~(passes[word] as number));
  return sum;
}

/**
 * Counts the codes of the rows of one chunk, which begins at row `from`. Where they are most of what is offered there, `all`
 * are the counts of everything offered in it, and what is not among them is taken away again: fewer rows to look at.
 */
function countAll(
  into: Int32Array,
  codes: Uint32Array,
  from: number,
  rows: Int32Array,
  offered: Int32Array,
  all: Uint16Array | undefined,
): void {
  if (all === undefined) {
    for (let word = 0; word < CHUNK_WORDS; word += 1) {
      for (let bits = rows[word] as number; bits !== 0; bits &= bits - 1) {
        const code = codes[from + word * 32 + lowestBit(bits)] as number;
        into[code] = (into[code] as number) + 1;
      }
    }
    return;
  }
  for (let code = 0; code < all.length; code += 1) {
    const count = all[code] as number;
    if (count !== 0) into[code] = (into[code] as number) + count;
  }
  for (let word = 0; word < CHUNK_WORDS; word += 1) {
    for (let bits = (offered[word] as number) & ~(rows[word] as number); bits !== 0; bits &= bits - 1) {
      const code = codes[from + word * 32 + lowestBit(bits)] as number;
      into[code] = (into[code] as number) - 1;
    }
  }
}

/** How many rows are in both. */
function countBoth(a: Int32Array, b: Int32Array): number {
  let sum = 0;
  for (let word = 0; word < CHUNK_WORDS; word += 1) sum += popcount((a[word] as number) & (b[word] as number));
  return sum;
}

/** By tier: of so many, these passed a self-test, and of those again these were checked by staff. */
function addTiers(into: Uint32Array, all: number, tested: number, checked: number): void {
  into[0] = (into[0] as number) + all - tested;
  into[1] = (into[1] as number) + tested - checked;
  into[2] = (into[2] as number) + checked;
}

function noneOfEach(): Record<Filter, number> {
  return Object.fromEntries(FILTERS.map((filter) => [filter, 0])) as Record<Filter, number>;
}
