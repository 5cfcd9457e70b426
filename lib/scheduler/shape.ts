import { type Demand, WHOLE_GPU_MILLI } from './snapshot.ts';

/** What is free of a machine's GPUs, without regard to which is which: machines of one shape are alike for every demand. */
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
  /** By amount and thousandths taken of it. */
  readonly afterPart: Map<number, Known>;
  readonly afterWhole: (Known | undefined)[];
};

/** Keeps one object for each shape and each step from one to another, so that a step costs one look-up. */
export class Shapes {
  readonly #known = new Map<string, Known>();

  of(freeMilli: readonly number[]): Shape {
    return this.#of([...freeMilli].sort((a, b) => a - b));
  }

  #of(free: readonly number[]): Known {
    const key = free.join();
    let known = this.#known.get(key);
    if (known === undefined) {
      known = {
        id: this.#known.size,
        free,
        totalMilli: free.reduce((sum, each) => sum + each, 0),
        wholeGpus: free.filter((each) => each === WHOLE_GPU_MILLI).length,
        amounts: [...new Set(free)].filter((each) => each > 0),
        afterPart: new Map(),
        afterWhole: [],
      };
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
    const key = amount * (WHOLE_GPU_MILLI + 1) + demand.gpuMilli;
    let next = from.afterPart.get(key);
    if (next === undefined) {
      const free = [...from.free];
      free[free.indexOf(amount)] = amount - demand.gpuMilli;
      next = this.#of(free.sort((a, b) => a - b));
      from.afterPart.set(key, next);
    }
    return next;
  }
}
