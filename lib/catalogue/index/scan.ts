import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { FILTERS, type Filter, GPU_COUNTS, isOn, type SearchAsk } from '#lib/catalogue/search.ts';
import { CHUNK_ROWS, CHUNK_WORDS, lowestBit, popcount, type RowSet, unite } from './bits.ts';
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

/** A filter that is on: fills `into` with the rows of a chunk that pass it. */
type Pass = { readonly filter: Filter; fill(chunk: number, into: Int32Array): void; readonly words: Int32Array };

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
  const { gpus, taken } = ask;
  const sizes = gpus === null ? [] : columns.byGpuCount.where((count) => count >= gpus);
  const leasts = gpus === null ? [] : columns.byMinGpus.where((least) => least <= gpus);
  const frees = gpus === null ? [] : columns.byFreeGpus.where((free) => free >= gpus);
  const [size, least, free] = [new Int32Array(CHUNK_WORDS), new Int32Array(CHUNK_WORDS), new Int32Array(CHUNK_WORDS)];

  for (let chunk = 0; chunk < columns.chunks; chunk += 1) {
    const base = chunk * CHUNK_WORDS;
    for (const pass of passes) pass.fill(chunk, pass.words);
    if (gpus !== null) {
      unite(sizes, chunk, size);
      unite(leasts, chunk, least);
      if (!taken) unite(frees, chunk, free);
    }
    for (let word = 0; word < CHUNK_WORDS; word += 1) {
      let offered = columns.offered[base + word] as number;
      if (except !== undefined && except >>> 5 === base + word) offered &= ~(1 << (except & 31));
      if (offered === 0) {
        found[base + word] = 0;
        continue;
      }
      counts.offered += popcount(offered);
      let failsOne = 0;
      let failsMore = 0;
      for (let at = 0; at < passes.length; at += 1) {
        const pass = passes[at] as Pass;
        const fails = offered & ~(pass.words[word] as number);
        if (fails === 0) continue;
        counts.leftOut[pass.filter] += popcount(fails);
        failsMore |= failsOne & fails;
        failsOne |= fails;
      }
      const bookable = taken ? offered : offered & (columns.bookable[base + word] as number);
      const wrongCount = gpus === null ? 0 : offered & ~((size[word] as number) & (least[word] as number));
      const notFree = taken ? 0 : gpus === null ? offered & ~bookable : offered & ~(free[word] as number);
      const rest = offered & ~failsOne;
      const hits = rest & ~wrongCount & ~notFree;
      found[base + word] = hits;
      counts.total += popcount(hits);
      if (gpus !== null) {
        counts.leftOut.gpus += popcount(wrongCount | (bookable & notFree));
        counts.gained.gpus += popcount(rest & bookable & (wrongCount | notFree));
      }
      if (!taken) {
        counts.leftOut.taken += popcount(notFree);
        counts.gained.taken += popcount(rest & ~wrongCount & notFree);
      }
      const row = (base + word) * 32;
      const nearly = failsOne & ~failsMore & ~wrongCount & ~notFree;
      if (nearly !== 0) {
        for (let at = 0; at < passes.length; at += 1) {
          const pass = passes[at] as Pass;
          const only = nearly & ~(pass.words[word] as number);
          if (only === 0) continue;
          counts.gained[pass.filter] += popcount(only);
          if (pass.filter === 'model') countCodes(counts.models, columns.model, row, only);
          else if (pass.filter === 'country') countCodes(counts.countries, columns.country, row, only);
          else if (pass.filter === 'trust') countCodes(counts.tiers, columns.tier, row, only);
        }
      }
      countHits(counts, columns, row, hits);
      countGpus(counts.gpus, columns, row, rest & bookable, taken);
    }
  }
  for (let n = 1; n < counts.gpus.length; n += 1)
    counts.gpus[n] = (counts.gpus[n] as number) + (counts.gpus[n - 1] as number);
  return counts;
}

function countHits(counts: Counts, columns: Columns, from: number, hits: number): void {
  const { models, countries, tiers } = counts;
  for (let bits = hits; bits !== 0; bits &= bits - 1) {
    const row = from + lowestBit(bits);
    const model = columns.model[row] as number;
    models[model] = (models[model] as number) + 1;
    const country = columns.country[row] as number;
    countries[country] = (countries[country] as number) + 1;
    const tier = columns.tier[row] as number;
    tiers[tier] = (tiers[tier] as number) + 1;
  }
}

function countCodes(into: Uint32Array, codes: Uint32Array | Uint8Array, from: number, rows: number): void {
  for (let bits = rows; bits !== 0; bits &= bits - 1) {
    const code = codes[from + lowestBit(bits)] as number;
    into[code] = (into[code] as number) + 1;
  }
}

/** As differences: one more from the least that a row rents, one less above the most that it gives. */
function countGpus(into: Int32Array, columns: Columns, from: number, rows: number, taken: boolean): void {
  const given = taken ? columns.gpuCount : columns.freeGpus;
  for (let bits = rows; bits !== 0; bits &= bits - 1) {
    const row = from + lowestBit(bits);
    const least = columns.minGpus[row] as number;
    const above = (given[row] as number) + 1;
    if (least > MOST_GPUS || above <= least) continue;
    into[least] = (into[least] as number) + 1;
    if (above <= MOST_GPUS) into[above] = (into[above] as number) - 1;
  }
}

function noneOfEach(): Record<Filter, number> {
  return Object.fromEntries(FILTERS.map((filter) => [filter, 0])) as Record<Filter, number>;
}

function passesOf(columns: Columns, ask: SearchAsk): Pass[] {
  const anyOf =
    (sets: readonly RowSet[]): Pass['fill'] =>
    (chunk, into) =>
      unite(sets, chunk, into);
  const bitsOf =
    (bits: Int32Array): Pass['fill'] =>
    (chunk, into) =>
      into.set(bits.subarray(chunk * CHUNK_WORDS, (chunk + 1) * CHUNK_WORDS));
  const fills: Partial<Record<Filter, () => Pass['fill']>> = {
    model: () => anyOf(columns.byModel.of(ask.models)),
    vram: () => {
      const floor = Number(vramFloorBytes(ask.vramGib ?? 0));
      return anyOf(columns.byVramBytes.where((bytes) => bytes >= floor));
    },
    price: () => {
      const most = Number(ask.maxPriceMicrosPerGpuHour);
      return (chunk, into) => fillPrices(columns, chunk, most, into);
    },
    country: () => anyOf(columns.byCountry.of(ask.countries)),
    trust: () => bitsOf(ask.trust === 'checkedByStaff' ? columns.staffChecked : columns.selfTested),
    reliability: () => {
      const least = ask.leastReliabilityBasisPoints ?? 0;
      return (chunk, into) => fillPoints(columns, chunk, least, into);
    },
    simulated: () => (chunk, into) => {
      for (let word = 0; word < CHUNK_WORDS; word += 1)
        into[word] = ~(columns.simulated[chunk * CHUNK_WORDS + word] as number);
    },
  };
  return FILTERS.flatMap((filter) => {
    const make = fills[filter];
    return make === undefined || !isOn(ask, filter)
      ? []
      : [{ filter, fill: make(), words: new Int32Array(CHUNK_WORDS) }];
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
