import { DAY } from '#lib/base/time.ts';
import { byName } from '#lib/catalogue/offer.ts';
import { GPU_COUNTS } from '#lib/catalogue/search.ts';
import { BitPlanes, Bits, CHUNK_ROWS, ValueSets } from './bits.ts';
import type { KeptListing, Standing } from './kept-listing.ts';

const NOT_OFFERED: Standing = { offered: false, freeGpus: 0, basisPoints: null, until: Number.POSITIVE_INFINITY };

/** A column's different values, numbered as they come, and how many offered rows have each. */
export class Dictionary {
  readonly values: string[] = [];
  readonly offered: number[] = [];
  readonly #codes = new Map<string, number>();
  #sorted: readonly number[] | undefined;

  /** The codes in the order of their names. */
  get sorted(): readonly number[] {
    this.#sorted ??= this.values
      .map((value, code) => [value, code] as const)
      .sort(byName)
      .map(([, code]) => code);
    return this.#sorted;
  }

  codeOf(value: string): number {
    let code = this.#codes.get(value);
    if (code === undefined) {
      code = this.values.length;
      this.#codes.set(value, code);
      this.values.push(value);
      this.offered.push(0);
      this.#sorted = undefined;
    }
    return code;
  }

  /** How many offered rows have one of these values, each named once. */
  countOf(values: readonly string[]): number {
    return values.reduce((sum, value) => sum + (this.offered[this.#codes.get(value) ?? -1] ?? 0), 0);
  }

  count(code: number, difference: 1 | -1): void {
    this.offered[code] = (this.offered[code] as number) + difference;
  }
}

/** For each chunk, how many rows have each code. */
export class ChunkCounts {
  readonly #of: Uint16Array[] = [];

  /** The counts of a chunk by code; what is beyond their end is 0. */
  of(chunk: number): Uint16Array {
    return this.#of[chunk] ?? NO_COUNTS;
  }

  count(chunk: number, code: number, difference: 1 | -1): void {
    let counts = this.of(chunk);
    if (code >= counts.length) {
      counts = longer(new Uint16Array(Math.max(16, 2 * code)), counts);
      this.#of[chunk] = counts;
    }
    counts[code] = (counts[code] as number) + difference;
  }
}
const NO_COUNTS = new Uint16Array(0);

const WEEK_MS = 7 * DAY;

/** No country. */
const NOWHERE = '';

/**
 * The listings as columns: one row each, in no order, kept in place while its facts change. What a search compares row by row is a
 * typed array, what has few values is a set of rows per value, what is yes or no is a bit.
 */
export class Columns {
  readonly listings: (KeptListing | undefined)[] = [];
  price = new Float64Array(0);
  vramBytes = new Float64Array(0);
  publishedAt = new Float64Array(0);
  lastSyncAt = new Float64Array(0);
  /** When the row must be looked at again because time passes. */
  until = new Float64Array(0);
  /** Reliability, -1 for "new". */
  points = new Int16Array(0);
  /** One more than `points`, so that "new" is 0: 14 bits hold 10,001. */
  readonly pointPlanes = new BitPlanes(14);
  minGpus = new Uint16Array(0);
  gpuCount = new Uint16Array(0);
  freeGpus = new Uint16Array(0);
  model = new Uint32Array(0);
  country = new Uint32Array(0);
  tier = new Uint8Array(0);
  /** Which pair of model and country: one count instead of two for each row that is found. */
  pair = new Uint32Array(0);

  readonly offered = new Bits();
  readonly selfTested = new Bits();
  readonly staffChecked = new Bits();
  /** Not simulated. */
  readonly real = new Bits();
  /** Free for at least as many GPUs as its host rents together. */
  readonly bookable = new Bits();
  /** For each of GPU_COUNTS, whether the row rents so many together: of all its GPUs, and of those that are free. */
  readonly fits = GPU_COUNTS.map(() => new Bits());
  readonly fitsFree = GPU_COUNTS.map(() => new Bits());

  readonly models = new Dictionary();
  readonly countries = new Dictionary();
  readonly pairs: { readonly model: number; readonly country: number }[] = [];
  readonly #pairCodes = new Map<string, number>();
  readonly byModel = new ValueSets<string>();
  readonly byCountry = new ValueSets<string>();
  readonly byVramBytes = new ValueSets<number>();
  /** By the week in which they were published. */
  readonly byWeek = new ValueSets<number>();
  readonly byGpuCount = new ValueSets<number>();
  readonly byMinGpus = new ValueSets<number>();
  readonly byFreeGpus = new ValueSets<number>();

  /** The lowest and the highest price of each chunk, or beyond. */
  lowest: number[] = [];
  highest: number[] = [];
  /** Of each chunk, how many rows are offered, and how many of them have each model, country and pair. */
  readonly offeredIn: number[] = [];
  readonly modelsIn = new ChunkCounts();
  readonly countriesIn = new ChunkCounts();
  readonly pairsIn = new ChunkCounts();
  /** Of the rows that are offered: all, those with enough free, those that are real, those of each tier. */
  offeredCount = 0;
  bookableCount = 0;
  realCount = 0;
  readonly tierCounts = [0, 0, 0];
  #vacant: number[] = [];

  /** Chunks that there is room for; rows stand in the first {@link usedChunks} of them. */
  get chunks(): number {
    return this.price.length / CHUNK_ROWS;
  }

  get usedChunks(): number {
    return Math.ceil(this.listings.length / CHUNK_ROWS);
  }

  /** Puts a listing into a row: its own, or a vacant one. It is not offered before {@link judge} says so. */
  fill(row: number | undefined, listing: KeptListing): number {
    const at = row ?? this.#vacant.pop() ?? this.listings.length;
    if (at >= this.price.length) this.#grow();
    if (row !== undefined) this.judge(row, NOT_OFFERED);
    const before = this.listings[at];
    this.listings[at] = listing;
    this.price[at] = listing.priceMicrosPerGpuHour;
    this.vramBytes[at] = listing.vramBytes;
    this.publishedAt[at] = listing.publishedAt;
    this.lastSyncAt[at] = listing.lastSyncAt;
    this.minGpus[at] = listing.minGpus;
    this.gpuCount[at] = listing.gpuCount;
    this.tier[at] = listing.tier;
    this.model[at] = this.models.codeOf(listing.gpuModel);
    this.country[at] = this.countries.codeOf(listing.country ?? NOWHERE);
    this.pair[at] = this.#pairOf(this.model[at] as number, this.country[at] as number);
    this.selfTested.put(at, listing.tier >= 1);
    this.staffChecked.put(at, listing.tier >= 2);
    this.real.put(at, !listing.simulated);
    GPU_COUNTS.forEach((count, place) => {
      (this.fits[place] as Bits).put(at, listing.minGpus <= count && count <= listing.gpuCount);
    });
    this.#move(at, before, listing);
    const chunk = Math.floor(at / CHUNK_ROWS);
    this.lowest[chunk] = Math.min(this.lowest[chunk] as number, listing.priceMicrosPerGpuHour);
    this.highest[chunk] = Math.max(this.highest[chunk] as number, listing.priceMicrosPerGpuHour);
    return at;
  }

  vacate(row: number): void {
    this.judge(row, NOT_OFFERED);
    this.#move(row, this.listings[row], undefined);
    this.listings[row] = undefined;
    this.#vacant.push(row);
  }

  /** Writes down what a listing is now. */
  judge(row: number, standing: Standing): void {
    const listing = this.listings[row] as KeptListing;
    const was = this.offered.has(row);
    if (was) this.#count(row, -1);
    const free = this.freeGpus[row] as number;
    this.byFreeGpus.move(row, was ? free : undefined, standing.offered ? standing.freeGpus : undefined);
    this.freeGpus[row] = standing.freeGpus;
    this.points[row] = standing.basisPoints ?? -1;
    this.pointPlanes.put(row, (standing.basisPoints ?? -1) + 1);
    this.until[row] = standing.until;
    this.offered.put(row, standing.offered);
    this.bookable.put(row, standing.freeGpus >= listing.minGpus);
    for (let at = 0; at < GPU_COUNTS.length; at += 1) {
      const count = GPU_COUNTS[at] as number;
      (this.fitsFree[at] as Bits).put(row, listing.minGpus <= count && count <= standing.freeGpus);
    }
    if (standing.offered) this.#count(row, 1);
  }

  #count(row: number, difference: 1 | -1): void {
    const tier = this.tier[row] as number;
    const chunk = Math.floor(row / CHUNK_ROWS);
    this.offeredIn[chunk] = (this.offeredIn[chunk] as number) + difference;
    this.modelsIn.count(chunk, this.model[row] as number, difference);
    this.countriesIn.count(chunk, this.country[row] as number, difference);
    this.pairsIn.count(chunk, this.pair[row] as number, difference);
    this.models.count(this.model[row] as number, difference);
    this.countries.count(this.country[row] as number, difference);
    this.offeredCount += difference;
    if (this.bookable.has(row)) this.bookableCount += difference;
    if (this.real.has(row)) this.realCount += difference;
    this.tierCounts[tier] = (this.tierCounts[tier] as number) + difference;
  }

  #pairOf(model: number, country: number): number {
    const key = `${model} ${country}`;
    let code = this.#pairCodes.get(key);
    if (code === undefined) {
      code = this.pairs.length;
      this.#pairCodes.set(key, code);
      this.pairs.push({ model, country });
    }
    return code;
  }

  #move(row: number, from: KeptListing | undefined, to: KeptListing | undefined): void {
    this.byModel.move(row, from?.gpuModel, to?.gpuModel);
    this.byCountry.move(row, from?.country ?? undefined, to?.country ?? undefined);
    this.byVramBytes.move(row, from?.vramBytes, to?.vramBytes);
    this.byWeek.move(row, weekOf(from), weekOf(to));
    this.byGpuCount.move(row, from?.gpuCount, to?.gpuCount);
    this.byMinGpus.move(row, from?.minGpus, to?.minGpus);
  }

  #grow(): void {
    const chunks = Math.ceil((this.chunks + 1) * 1.25);
    const rows = chunks * CHUNK_ROWS;
    this.price = longer(new Float64Array(rows), this.price);
    this.vramBytes = longer(new Float64Array(rows), this.vramBytes);
    this.publishedAt = longer(new Float64Array(rows), this.publishedAt);
    this.lastSyncAt = longer(new Float64Array(rows), this.lastSyncAt);
    this.until = longer(new Float64Array(rows), this.until);
    this.points = longer(new Int16Array(rows), this.points);
    this.minGpus = longer(new Uint16Array(rows), this.minGpus);
    this.gpuCount = longer(new Uint16Array(rows), this.gpuCount);
    this.freeGpus = longer(new Uint16Array(rows), this.freeGpus);
    this.model = longer(new Uint32Array(rows), this.model);
    this.country = longer(new Uint32Array(rows), this.country);
    this.pair = longer(new Uint32Array(rows), this.pair);
    this.tier = longer(new Uint8Array(rows), this.tier);
    this.offered.grow(chunks);
    this.selfTested.grow(chunks);
    this.staffChecked.grow(chunks);
    this.real.grow(chunks);
    this.bookable.grow(chunks);
    this.pointPlanes.grow(chunks);
    for (const bits of [...this.fits, ...this.fitsFree]) bits.grow(chunks);
    while (this.lowest.length < chunks) {
      this.lowest.push(Number.POSITIVE_INFINITY);
      this.highest.push(Number.NEGATIVE_INFINITY);
      this.offeredIn.push(0);
    }
  }
}

function weekOf(listing: KeptListing | undefined): number | undefined {
  return listing === undefined ? undefined : Math.floor(listing.publishedAt / WEEK_MS);
}

function longer<Column extends { set(other: Column): void }>(column: Column, filled: Column): Column {
  column.set(filled);
  return column;
}
