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

export function hasBit(words: Int32Array, row: number): boolean {
  return (((words[row >>> 5] as number) >>> (row & 31)) & 1) === 1;
}

export function putBit(words: Int32Array, row: number, on: boolean): void {
  const word = row >>> 5;
  const bit = 1 << (row & 31);
  words[word] = on ? (words[word] as number) | bit : (words[word] as number) & ~bit;
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
    putBit(this.chunks[chunk] as Int32Array, row % CHUNK_ROWS, true);
    this.#sizes[chunk] = (this.#sizes[chunk] as number) + 1;
    this.size += 1;
  }

  delete(row: number): void {
    const chunk = Math.floor(row / CHUNK_ROWS);
    putBit(this.chunks[chunk] as Int32Array, row % CHUNK_ROWS, false);
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

  of(values: readonly Value[]): RowSet[] {
    return values.flatMap((value) => this.#sets.get(value) ?? []);
  }

  where(holds: (value: Value) => boolean): RowSet[] {
    return [...this.#sets].flatMap(([value, set]) => (holds(value) ? [set] : []));
  }
}

/** Fills `into` with the rows of one chunk that are in any of the sets. */
export function unite(sets: readonly RowSet[], chunk: number, into: Int32Array): void {
  into.fill(0);
  for (const set of sets) {
    const words = set.chunks[chunk];
    if (words === undefined) continue;
    for (let word = 0; word < CHUNK_WORDS; word += 1) into[word] = (into[word] as number) | (words[word] as number);
  }
}
