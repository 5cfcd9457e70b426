/** Few moves are made one by one, each shifting what lies between; more are merged in one pass. */
const MERGE_FROM = 48;

/** The rows of the index, the cheapest first; `before` is the whole order, ties included. */
export class PriceOrder {
  #rows = new Uint32Array(1_024);
  #size = 0;
  readonly #compare: (a: number, b: number) => number;

  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare;
  }

  /** Valid until the next change. */
  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.#size);
  }

  /** Takes rows out while their price still is what they were put in with. */
  remove(rows: readonly number[]): void {
    if (rows.length >= MERGE_FROM) {
      const gone = new Set(rows);
      let kept = 0;
      for (let at = 0; at < this.#size; at += 1) {
        const row = this.#rows[at] as number;
        if (gone.has(row)) continue;
        this.#rows[kept] = row;
        kept += 1;
      }
      this.#size = kept;
      return;
    }
    for (const row of rows) {
      const at = this.#placeOf(row);
      this.#rows.copyWithin(at, at + 1, this.#size);
      this.#size -= 1;
    }
  }

  add(rows: readonly number[]): void {
    this.#reserve(this.#size + rows.length);
    if (rows.length < MERGE_FROM) {
      for (const row of rows) {
        const at = this.#placeOf(row);
        this.#rows.copyWithin(at + 1, at, this.#size);
        this.#rows[at] = row;
        this.#size += 1;
      }
      return;
    }
    const added = Uint32Array.from(rows).sort(this.#compare);
    // From the end, so that nothing is overwritten before it has moved.
    let from = this.#size - 1;
    let next = added.length - 1;
    this.#size += added.length;
    for (let to = this.#size - 1; next >= 0; to -= 1) {
      const own = this.#rows[from] as number;
      const other = added[next] as number;
      if (from >= 0 && this.#compare(own, other) > 0) {
        this.#rows[to] = own;
        from -= 1;
      } else {
        this.#rows[to] = other;
        next -= 1;
      }
    }
  }

  clear(): void {
    this.#size = 0;
  }

  /** Where a row stands, or would stand. */
  #placeOf(row: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#rows[middle] as number, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #reserve(size: number): void {
    if (size <= this.#rows.length) return;
    const rows = new Uint32Array(Math.max(size, Math.ceil(this.#rows.length * 1.5)));
    rows.set(this.#rows.subarray(0, this.#size));
    this.#rows = rows;
  }
}
