import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { FILTERS, type Filter, GPU_COUNTS, isOn, type SearchAsk } from '#lib/catalogue/search.ts';
import { type Bits, CHUNK_ROWS, CHUNK_WORDS, lowestBit, popcount, type RowSet, unite } from './bits.ts';
import type { Columns } from './columns.ts';

/** Counts of a search; by code where the column has a dictionary. `gpus[n]`: offers that give n GPUs at once, for n up to the most that is asked. */
export type Counts = {
  offered: number;
  total: number;
  readonly leftOut: Record<Filter, number>;
  readonly gained: Record<Filter, number>;
  readonly models: Uint32Array;
  readonly countries: Uint32Array;
  readonly tiers: Uint32Array;
  readonly gpus: Int32Array;
};

/** A filter that is on, and the rows of a chunk that pass it: to be read before the next call. */
type Pass = {
  readonly filter: Filter;
  readonly rowsOf: (chunk: number) => Int32Array;
  /** How many offered rows pass, where that is known without counting. */
  readonly known?: number | undefined;
};

const MOST_GPUS = Math.max(...GPU_COUNTS);

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
    models: new Uint32Array(columns.models.values.length),
    countries: new Uint32Array(columns.countries.values.length),
    tiers: new Uint32Array(TRUST_TIERS.length),
    gpus: new Int32Array(MOST_GPUS + 2),
  };
  const passes = passesOf(columns, ask);
  const leftOut = new Int32Array(passes.length);
  const gained = new Int32Array(passes.length);
  const { gpus, taken } = ask;
  const sizes = gpus === null ? [] : columns.byGpuCount.where((count) => count >= gpus);
  const leasts = gpus === null ? [] : columns.byMinGpus.where((least) => least <= gpus);
  const frees = gpus === null ? [] : columns.byFreeGpus.where((free) => free >= gpus);
  const scratch = Array.from({ length: 6 }, () => new Int32Array(CHUNK_WORDS)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const [one, more, sized, leasted, freed, shown] = scratch;
  const given = taken ? columns.gpuCount : columns.freeGpus;
  let total = 0;
  let tested = 0;
  let checked = 0;
  const pairs = new Uint32Array(columns.pairs.length);
  let countsOut = 0;
  let countsGained = 0;
  let takenOut = 0;
  let takenGained = 0;

  for (let chunk = 0; chunk < columns.chunks; chunk += 1) {
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
    let nearly = 0;
    for (let word = 0; word < CHUNK_WORDS; word += 1) {
      const all = offered[word] as number;
      const fails = one[word] as number;
      const wrongCount = all & ~((size[word] as number) & (least[word] as number));
      const notFree = all & ~(free[word] as number);
      const someFree = all & (bookable[word] as number);
      const rest = all & ~fails;
      const hits = rest & ~wrongCount & ~notFree;
      found[base + word] = hits;
      if (gpus !== null) {
        countsOut += popcount(wrongCount | (someFree & notFree));
        countsGained += popcount(rest & someFree & (wrongCount | notFree));
        takenOut += popcount(notFree);
      }
      const onlyTaken = rest & ~wrongCount & notFree;
      if (onlyTaken !== 0) takenGained += popcount(onlyTaken);
      // From here on: what fails exactly one of the filters of `passes`, and nothing else.
      const single = fails & ~(more[word] as number) & ~wrongCount & ~notFree;
      one[word] = single;
      nearly |= single;
      const row = (base + word) * 32;
      if (hits !== 0) {
        total += popcount(hits);
        countCodes(pairs, columns.pair, row, hits);
        tested += popcount(hits & (selfTested[word] as number));
        checked += popcount(hits & (staffChecked[word] as number));
      }
      const giving = rest & someFree;
      if (giving !== 0) countGpus(counts.gpus, columns.minGpus, given, row, giving);
    }
    if (nearly === 0) continue;
    for (let at = 0; at < passes.length; at += 1) {
      const pass = passes[at] as Pass;
      const codes =
        pass.filter === 'model'
          ? columns.model
          : pass.filter === 'country'
            ? columns.country
            : pass.filter === 'trust'
              ? columns.tier
              : undefined;
      const into =
        pass.filter === 'model' ? counts.models : pass.filter === 'country' ? counts.countries : counts.tiers;
      const rows = pass.rowsOf(chunk);
      let sum = 0;
      for (let word = 0; word < CHUNK_WORDS; word += 1) {
        const only = (one[word] as number) & ~(rows[word] as number);
        if (only === 0) continue;
        sum += popcount(only);
        if (codes !== undefined) countCodes(into, codes, (base + word) * 32, only);
      }
      gained[at] = (gained[at] as number) + sum;
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
  [total - tested, tested - checked, checked].forEach((hits, tier) => {
    counts.tiers[tier] = (counts.tiers[tier] as number) + hits;
  });
  passes.forEach(({ filter, known }, at) => {
    counts.leftOut[filter] =
      known === undefined || except !== undefined ? (leftOut[at] as number) : columns.offeredCount - known;
    counts.gained[filter] = gained[at] as number;
  });
  counts.leftOut.gpus = countsOut;
  counts.gained.gpus = countsGained;
  counts.leftOut.taken = takenOut;
  counts.gained.taken = takenGained;
  for (let n = 1; n < counts.gpus.length; n += 1)
    counts.gpus[n] = (counts.gpus[n] as number) + (counts.gpus[n - 1] as number);
  return counts;
}

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

function countCodes(into: Uint32Array, codes: Uint32Array | Uint8Array, from: number, rows: number): void {
  for (let bits = rows; bits !== 0; bits &= bits - 1) {
    const code = codes[from + lowestBit(bits)] as number;
    into[code] = (into[code] as number) + 1;
  }
}

/** As differences: one more from the least that a row rents, one less above the most that it gives. */
function countGpus(into: Int32Array, least: Uint16Array, given: Uint16Array, from: number, rows: number): void {
  for (let bits = rows; bits !== 0; bits &= bits - 1) {
    const row = from + lowestBit(bits);
    const first = least[row] as number;
    const above = (given[row] as number) + 1;
    if (first > MOST_GPUS || above <= first) continue;
    into[first] = (into[first] as number) + 1;
    if (above <= MOST_GPUS) into[above] = (into[above] as number) - 1;
  }
}

function noneOfEach(): Record<Filter, number> {
  return Object.fromEntries(FILTERS.map((filter) => [filter, 0])) as Record<Filter, number>;
}

function passesOf(columns: Columns, ask: SearchAsk): Pass[] {
  const anyOf = (sets: readonly RowSet[]): Pass['rowsOf'] => {
    const scratch = new Int32Array(CHUNK_WORDS);
    return (chunk) => unite(sets, chunk, scratch);
  };
  const bitsOf =
    (bits: Bits): Pass['rowsOf'] =>
    (chunk) =>
      bits.chunks[chunk] as Int32Array;
  const filledBy = (fill: (chunk: number, into: Int32Array) => void): Pass['rowsOf'] => {
    const scratch = new Int32Array(CHUNK_WORDS);
    let filled = -1;
    return (chunk) => {
      if (filled !== chunk) fill(chunk, scratch);
      filled = chunk;
      return scratch;
    };
  };
  const makes: Partial<Record<Filter, () => Pass['rowsOf']>> = {
    model: () => anyOf(columns.byModel.of(ask.models)),
    vram: () => {
      const floor = Number(vramFloorBytes(ask.vramGib ?? 0));
      return anyOf(columns.byVramBytes.where((bytes) => bytes >= floor));
    },
    price: () => {
      const most = Number(ask.maxPriceMicrosPerGpuHour);
      return filledBy((chunk, into) => fillPrices(columns, chunk, most, into));
    },
    country: () => anyOf(columns.byCountry.of(ask.countries)),
    trust: () => bitsOf(ask.trust === 'checkedByStaff' ? columns.staffChecked : columns.selfTested),
    reliability: () => {
      const least = ask.leastReliabilityBasisPoints ?? 0;
      return filledBy((chunk, into) => fillPoints(columns, chunk, least, into));
    },
    simulated: () => bitsOf(columns.real),
  };
  const { tierCounts } = columns;
  const known: Partial<Record<Filter, () => number>> = {
    model: () => columns.models.countOf(ask.models),
    country: () => columns.countries.countOf(ask.countries),
    trust: () => (tierCounts[2] as number) + (ask.trust === 'checkedByStaff' ? 0 : (tierCounts[1] as number)),
    simulated: () => columns.realCount,
  };
  return FILTERS.flatMap((filter) => {
    const make = makes[filter];
    return make === undefined || !isOn(ask, filter) ? [] : [{ filter, rowsOf: make(), known: known[filter]?.() }];
  });
}

function fillPrices(columns: Columns, chunk: number, most: number, into: Int32Array): void {
  if ((columns.highest[chunk] as number) <= most) into.fill(-1);
  else if ((columns.lowest[chunk] as number) > most) into.fill(0);
  else {
    const { price } = columns;
    for (let word = 0; word < CHUNK_WORDS; word += 1) {
      const from = chunk * CHUNK_ROWS + word * 32;
      let bits = 0;
      for (let at = 0; at < 32; at += 1) if ((price[from + at] as number) <= most) bits |= 1 << at;
      into[word] = bits;
    }
  }
}

function fillPoints(columns: Columns, chunk: number, least: number, into: Int32Array): void {
  const { points } = columns;
  for (let word = 0; word < CHUNK_WORDS; word += 1) {
    const from = chunk * CHUNK_ROWS + word * 32;
    let bits = 0;
    // The sign of the difference is the bit: no branch to guess wrong.
    for (let at = 0; at < 32; at += 1) bits |= ((least - 1 - (points[from + at] as number)) >>> 31) << at;
    into[word] = bits;
  }
}
