/** Rows and the instants at which to look at them again, the earliest first: a binary heap in typed arrays. */
export class Agenda {
  #times = new Float64Array(1_024);
  #rows = new Uint32Array(1_024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest instant, Infinity when there is nothing to look at. */
  get next(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  put(row: number, time: number): void {
    if (time === Number.POSITIVE_INFINITY) return;
    if (this.#size === this.#times.length) this.#grow();
    let at = this.#size;
    this.#size += 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if ((this.#times[above] as number) <= time) break;
      this.#set(at, this.#rows[above] as number, this.#times[above] as number);
      at = above;
    }
    this.#set(at, row, time);
  }

  /** Takes the earliest entry away and returns its row. Only when `size` is not 0. */
  take(): number {
    const first = this.#rows[0] as number;
    this.#size -= 1;
    const row = this.#rows[this.#size] as number;
    const time = this.#times[this.#size] as number;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.#size) break;
      if (below + 1 < this.#size && (this.#times[below + 1] as number) < (this.#times[below] as number)) below += 1;
      if ((this.#times[below] as number) >= time) break;
      this.#set(at, this.#rows[below] as number, this.#times[below] as number);
      at = below;
    }
    this.#set(at, row, time);
    return first;
  }

  clear(): void {
    this.#size = 0;
  }

  #set(at: number, row: number, time: number): void {
    this.#rows[at] = row;
    this.#times[at] = time;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const rows = new Uint32Array(this.#times.length * 2);
    times.set(this.#times);
    rows.set(this.#rows);
    this.#times = times;
    this.#rows = rows;
  }
}
