import { type Demand, WHOLE_GPU_MILLI } from './snapshot.ts';

/**
 * What is free of a machine's GPUs, without regard to which is which: machines of one shape are alike for every demand.
 */
export type Shape = {
  readonly id: number;
  /** Thousandths free of each GPU, ascending. */
  readonly free: readonly number[];
  readonly totalMilli: number;
  readonly wholeGpus: number;
  /** Each amount that is free of some GPU, ascending, without 0. */
  readonly amounts: readonly number[];
};

type Known = Shape & {
  /** By size, then by the place of the amount it is taken from. */
  readonly afterPart: (Known[] | undefined)[];
  readonly afterWhole: (Known | undefined)[];
};

/** Keeps one object for each shape and each step from one to another, so that a step costs one look-up. */
export class Shapes {
  readonly #known = new Map<string, Known>();
  readonly #sizes: number[] = [];

  of(freeMilli: readonly number[]): Shape {
    return this.#of([...freeMilli].sort((a, b) => a - b));
  }

  #of(free: readonly number[]): Known {
    // One character a GPU; no amount is as large as a character can be.
    const key = String.fromCharCode(...free);
    let known = this.#known.get(key);
    if (known === undefined) {
      const amounts: number[] = [];
      let totalMilli = 0;
      let wholeGpus = 0;
      for (const each of free) {
        totalMilli += each;
        if (each === WHOLE_GPU_MILLI) wholeGpus += 1;
        if (each > 0 && each !== amounts.at(-1)) amounts.push(each);
      }
      known = { id: this.#known.size, free, totalMilli, wholeGpus, amounts, afterPart: [], afterWhole: [] };
      this.#known.set(key, known);
    }
    return known;
  }

  /** The shape after a demand took what it needs; of a part, from a GPU with that amount free. It must fit. */
  after(shape: Shape, demand: Demand, amount: number): Shape {
    if (demand.gpuCount === 0) return shape;
    const from = shape as Known;
    if (demand.gpuMilli === WHOLE_GPU_MILLI) {
      let next = from.afterWhole[demand.gpuCount];
      if (next === undefined) {
        next = this.#of(
          [
            ...new Array<number>(demand.gpuCount).fill(0),
            ...from.free.slice(0, from.free.length - demand.gpuCount),
          ].sort((a, b) => a - b),
        );
        from.afterWhole[demand.gpuCount] = next;
      }
      return next;
    }
    return this.afterPart(shape, shape.amounts.indexOf(amount), this.sizeOf(demand.gpuMilli));
  }

  /** A number by which parts of that size are known. */
  sizeOf(milli: number): number {
    const at = this.#sizes.indexOf(milli);
    return at >= 0 ? at : this.#sizes.push(milli) - 1;
  }

  /** The shape after a part of a known size was taken from a GPU with the amount at that place free. */
  afterPart(shape: Shape, place: number, size: number): Shape {
    const from = shape as Known;
    let bySize = from.afterPart[size];
    if (bySize === undefined) {
      bySize = [];
      from.afterPart[size] = bySize;
    }
    let next = bySize[place];
    if (next === undefined) {
      const amount = from.amounts[place] as number;
      const rest = amount - (this.#sizes[size] as number);
      const free = from.free.slice();
      let at = free.indexOf(amount);
      for (; at > 0 && (free[at - 1] as number) > rest; at -= 1) free[at] = free[at - 1] as number;
      free[at] = rest;
      next = this.#of(free);
      bySize[place] = next;
    }
    return next;
  }
}
