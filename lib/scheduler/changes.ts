/** Which machines changed, in order, so that whoever looked before need only look at those again. */
export class Changes {
  /** How many changes there were. */
  count = 0;
  #ranks = new Int32Array(1024);
  readonly #last: Int32Array;

  constructor(machines: number) {
    this.#last = new Int32Array(machines).fill(-1);
  }

  note(rank: number): void {
    if (this.count === this.#ranks.length) {
      const longer = new Int32Array(this.#ranks.length * 2);
      longer.set(this.#ranks);
      this.#ranks = longer;
    }
    this.#last[rank] = this.count;
    this.#ranks[this.count] = rank;
    this.count += 1;
  }

  /** Visits each machine that changed since then once. */
  since(count: number, visit: (rank: number) => void): void {
    for (let at = count; at < this.count; at += 1) {
      const rank = this.#ranks[at] as number;
      if (this.#last[rank] === at) visit(rank);
    }
  }
}
