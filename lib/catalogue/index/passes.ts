import { gpusNeeded, memoryNeed } from '#lib/catalogue/fit/memory.ts';
import type { Workload } from '#lib/catalogue/fit/workload.ts';
import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { FILTERS, type Filter, isOn, type SearchAsk } from '#lib/catalogue/search.ts';
import { type Bits, CHUNK_ROWS, CHUNK_WORDS, type SomeRows, unite } from './bits.ts';
import type { Columns } from './columns.ts';

/** A filter that is on, and the rows of a chunk that pass it: to be read before the next call. */
export type Pass = {
  readonly filter: Filter;
  readonly rowsOf: (chunk: number) => Int32Array;
  /** How many offered rows pass, where that is known without counting. */
  readonly known?: number | undefined;
};

/** The filters of a search that are on and judge rows one by one; how many GPUs are asked for, and whether they are free, is not among them. */
export function passesOf(columns: Columns, ask: SearchAsk): Pass[] {
  const anyOf = (some: SomeRows): Pass['rowsOf'] => {
    const scratch = new Int32Array(CHUNK_WORDS);
    let united: Int32Array = scratch;
    let unitedOf = -1;
    return (chunk) => {
      if (unitedOf !== chunk) united = unite(some, chunk, scratch);
      unitedOf = chunk;
      return united;
    };
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
      return filledBy((chunk, into) => columns.pointPlanes.fillAtLeast(least + 1, chunk, into));
    },
    simulated: () => bitsOf(columns.real),
    job: () => {
      const { job } = ask;
      if (job === null) throw new Error('a filter that is off');
      const needed = neededBy(job);
      return filledBy((chunk, into) => fillFits(columns, chunk, needed, into));
    },
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

/** How many GPUs of so much memory a workload takes: Infinity when none do. There are few sizes of memory. */
function neededBy(job: Workload): (vramBytes: number) => number {
  const need = memoryNeed(job);
  const known = new Map<number, number>();
  return (vramBytes) => {
    let gpus = known.get(vramBytes);
    if (gpus === undefined) {
      gpus = gpusNeeded(need, vramBytes) ?? Number.POSITIVE_INFINITY;
      known.set(vramBytes, gpus);
    }
    return gpus;
  };
}

function fillFits(columns: Columns, chunk: number, needed: (vramBytes: number) => number, into: Int32Array): void {
  const { vramBytes, gpuCount } = columns;
  for (let word = 0; word < CHUNK_WORDS; word += 1) {
    const from = chunk * CHUNK_ROWS + word * 32;
    let bits = 0;
    for (let at = 0; at < 32; at += 1) {
      const row = from + at;
      if (needed(vramBytes[row] as number) <= (gpuCount[row] as number)) bits |= 1 << at;
    }
    into[word] = bits;
  }
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
