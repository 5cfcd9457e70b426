/** Rows are looked at in chunks of this many: what one chunk touches stays in the nearest cache. */
export const CHUNK_ROWS = 4_096;
export const CHUNK_WORDS = CHUNK_ROWS / 32;

/** How many bits of a word are set. */
export function popcount(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The place of the lowest set bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** A bit for each row, in one piece and, for those who go chunk by chunk, in pieces of it. */
export class Bits {
  #words = new Int32Array(0);
  chunks: readonly Int32Array[] = [];

  get words(): Int32Array {
    return this.#words;
  }

  has(row: number): boolean {
    return (((this.#words[row >>> 5] as number) >>> (row & 31)) & 1) === 1;
  }

  put(row: number, on: boolean): void {
    const word = row >>> 5;
    const bit = 1 << (row & 31);
    this.#words[word] = on ? (this.#words[word] as number) | bit : (this.#words[word] as number) & ~bit;
  }

  grow(chunks: number): void {
    const words = new Int32Array(chunks * CHUNK_WORDS);
    words.set(this.#words);
    this.#words = words;
    this.chunks = Array.from({ length: chunks }, (_, at) => words.subarray(at * CHUNK_WORDS, (at + 1) * CHUNK_WORDS));
  }
}

/** A number below a power of two for each row, bit by bit: 32 rows are compared with another number in one step a bit. */
export class BitPlanes {
  /** The lowest bit first. */
  readonly #planes: readonly Bits[];

  constructor(bits: number) {
    this.#planes = Array.from({ length: bits }, () => new Bits());
  }

  put(row: number, value: number): void {
    for (let bit = 0; bit < this.#planes.length; bit += 1)
      (this.#planes[bit] as Bits).put(row, (value & (1 << bit)) !== 0);
  }

  grow(chunks: number): void {
    for (const plane of this.#planes) plane.grow(chunks);
  }

  /** Writes into `into` which rows of a chunk have at least so much, which is more than nothing. */
  fillAtLeast(least: number, chunk: number, into: Int32Array): void {
    into.fill(-1);
    // By its lower bits alone a row has enough or not; a higher bit that is not that of `least` decides anew.
    for (let bit = lowestBit(least); bit < this.#planes.length; bit += 1) {
      const plane = (this.#planes[bit] as Bits).chunks[chunk] as Int32Array;
      if (((least >>> bit) & 1) === 1)
        for (let word = 0; word < CHUNK_WORDS; word += 1) into[word] = (into[word] as number) & (plane[word] as number);
      else
        for (let word = 0; word < CHUNK_WORDS; word += 1) into[word] = (into[word] as number) | (plane[word] as number);
    }
  }
}

/** A set of rows that takes room only for the chunks in which it has some. */
export class RowSet {
  readonly chunks: (Int32Array | undefined)[] = [];
  readonly #sizes: number[] = [];
  size = 0;

  add(row: number): void {
    const chunk = Math.floor(row / CHUNK_ROWS);
    while (this.chunks.length <= chunk) {
      this.chunks.push(undefined);
      this.#sizes.push(0);
    }
    this.chunks[chunk] ??= new Int32Array(CHUNK_WORDS);
    const words = this.chunks[chunk] as Int32Array;
    const word = (row % CHUNK_ROWS) >>> 5;
    words[word] = (words[word] as number) | (1 << (row & 31));
    this.#sizes[chunk] = (this.#sizes[chunk] as number) + 1;
    this.size += 1;
  }

  delete(row: number): void {
    const chunk = Math.floor(row / CHUNK_ROWS);
    const words = this.chunks[chunk] as Int32Array;
    const word = (row % CHUNK_ROWS) >>> 5;
    words[word] = (words[word] as number) & ~(1 << (row & 31));
    this.#sizes[chunk] = (this.#sizes[chunk] as number) - 1;
    this.size -= 1;
    if (this.#sizes[chunk] === 0) this.chunks[chunk] = undefined;
  }
}

/** For each value of a column, the rows that have it. A row is in at most one set. */
export class ValueSets<Value> {
  readonly #sets = new Map<Value, RowSet>();

  move(row: number, from: Value | undefined, to: Value | undefined): void {
    if (from === to) return;
    if (from !== undefined) {
      const set = this.#sets.get(from);
      set?.delete(row);
      if (set?.size === 0) this.#sets.delete(from);
    }
    if (to === undefined) return;
    let set = this.#sets.get(to);
    if (set === undefined) {
      set = new RowSet();
      this.#sets.set(to, set);
    }
    set.add(row);
  }

  of(values: readonly Value[]): SomeRows {
    return { sets: values.flatMap((value) => this.#sets.get(value) ?? []), others: false };
  }

  /** The rows for whose value something holds; rows without a value may be among them. */
  where(holds: (value: Value) => boolean): SomeRows {
    const inside: RowSet[] = [];
    const outside: RowSet[] = [];
    for (const [value, set] of this.#sets) (holds(value) ? inside : outside).push(set);
    return inside.length <= outside.length ? { sets: inside, others: false } : { sets: outside, others: true };
  }

  /** The sets of the highest values first. */
  fromHighest(this: ValueSets<number>): RowSet[] {
    return [...this.#sets].sort(([a], [b]) => b - a).map(([, set]) => set);
  }
}

/** The rows of some sets or, with `others`, all that are in none of them: whichever is sooner said. */
export type SomeRows = { readonly sets: readonly RowSet[]; readonly others: boolean };

const NO_ROWS = new Int32Array(CHUNK_WORDS);

/** Some rows of one chunk: in `scratch` where no set has just these. To be read only. */
export function unite({ sets, others }: SomeRows, chunk: number, scratch: Int32Array): Int32Array {
  let united: Int32Array = NO_ROWS;
  for (const set of sets) {
    const words = set.chunks[chunk];
    if (words === undefined) continue;
    if (united === NO_ROWS) {
      united = words;
      continue;
    }
    for (let word = 0; word < CHUNK_WORDS; word += 1)
      scratch[word] = (united[word] as number) | (words[word] as number);
    united = scratch;
  }
  if (!others) return united;
  for (let word = 0; word < CHUNK_WORDS; word += 1) scratch[word] = ~(united[word] as number);
  return scratch;
}

/** Writes the rows that are in both into `into`, and says how many they are. */
export function common(set: RowSet, found: Int32Array, into: Int32Array): number {
  into.fill(0);
  let count = 0;
  set.chunks.forEach((words, chunk) => {
    if (words === undefined) return;
    const base = chunk * CHUNK_WORDS;
    for (let word = 0; word < CHUNK_WORDS; word += 1) {
      const both = (words[word] as number) & (found[base + word] as number);
      into[base + word] = both;
      count += popcount(both);
    }
  });
  return count;
}
