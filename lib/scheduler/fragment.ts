import type { Shape } from './shape.ts';
import { type Demand, demandKey, type Expected } from './snapshot.ts';

/** Typical demands make up this share of all that is expected; rarer ones do not count. */
const TYPICAL_SHARE = 0.95;

/**
 * Fragmentation as Weng et al. (USENIX ATC 2023) define it: what is idle on a machine and could not be used by the
 * typical demands, weighted by how often they come. Counts and thousandths are whole numbers, so that sums are exact in
 * any order.
 */
export class Fragments {
  readonly #typical: readonly { readonly demand: Demand; readonly count: number; readonly wantedBy: boolean[] }[];
  /**
   * CPU amounts that typical demands ask for, ascending: machines whose free CPU lies between the same two are alike.
   */
  readonly #cpuSteps: readonly number[];
  readonly #kinds: number;
  readonly #users: (Users | undefined)[] = [];
  /** By shape and kind, then by step; -1 where it was not asked yet. */
  readonly #known: (number[] | undefined)[] = [];
  /** What all typical counts add up to. */
  readonly total: number;

  /** `accepts(kind, demand)`: whether machines of that kind are wanted by the demand at all. */
  constructor(expected: readonly Expected[], kinds: number, accepts: (kind: number, demand: Demand) => boolean) {
    this.#typical = typicalOf(expected).map(({ demand, count }) => ({
      demand,
      count,
      wantedBy: Array.from({ length: kinds }, (_, kind) => accepts(kind, demand)),
    }));
    this.#kinds = kinds;
    this.total = this.#typical.reduce((sum, { count }) => sum + count, 0);
    this.#cpuSteps = [...new Set(this.#typical.map(({ demand }) => demand.cpuMilli))].sort((a, b) => a - b);
  }

  /** How many of the typical amounts of CPU are free. */
  cpuStep(cpuMilli: number): number {
    const steps = this.#cpuSteps;
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((steps[middle] as number) <= cpuMilli) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Thousandths of GPUs that typical demands could not use, times their counts. */
  of(shape: Shape, kind: number, cpuStep: number): number {
    const at = shape.id * this.#kinds + kind;
    let known = this.#known[at];
    if (known === undefined) {
      known = new Array<number>(this.#cpuSteps.length + 1).fill(-1);
      this.#known[at] = known;
    }
    let value = known[cpuStep] as number;
    if (value < 0) {
      value = this.#measure(shape, kind, cpuStep);
      known[cpuStep] = value;
    }
    return value;
  }

  #measure(shape: Shape, kind: number, cpuStep: number): number {
    const { never, groups } = this.#usersOf(kind, cpuStep);
    let sum = shape.totalMilli * never;
    for (const { gpuCount, gpuMilli, count } of groups) {
      const enough = (shape.free[shape.free.length - gpuCount] ?? -1) >= gpuMilli;
      if (!enough) sum += shape.totalMilli * count;
      else for (const free of shape.free) if (free < gpuMilli) sum += free * count;
    }
    return sum;
  }

  /** Of the typical demands those that want the kind and find CPU enough, by what they need of GPUs; `never` counts the others. */
  #usersOf(kind: number, cpuStep: number): Users {
    const at = kind * (this.#cpuSteps.length + 1) + cpuStep;
    let users = this.#users[at];
    if (users === undefined) {
      const cpuMilli = cpuStep === 0 ? -1 : (this.#cpuSteps[cpuStep - 1] as number);
      const groups = new Map<string, { gpuCount: number; gpuMilli: number; count: number }>();
      let never = 0;
      for (const { demand, count, wantedBy } of this.#typical) {
        const { gpuCount, gpuMilli } = demand;
        if (gpuCount === 0 || demand.cpuMilli > cpuMilli || wantedBy[kind] !== true) {
          never += count;
          continue;
        }
        const key = `${gpuCount}/${gpuMilli}`;
        const group = groups.get(key) ?? { gpuCount, gpuMilli, count: 0 };
        group.count += count;
        groups.set(key, group);
      }
      users = { never, groups: [...groups.values()] };
      this.#users[at] = users;
    }
    return users;
  }
}

type Users = {
  readonly never: number;
  readonly groups: readonly { readonly gpuCount: number; readonly gpuMilli: number; readonly count: number }[];
};

/** The most frequent demands, as many as make up the typical share. Only GPUs, CPU and wishes tell them apart. */
export function typicalOf(expected: readonly Expected[]): Expected[] {
  const merged = new Map<string, { demand: Demand; count: number }>();
  for (const { demand, count } of expected) {
    const key = demandKey({ ...demand, memoryBytes: 0, diskBytes: 0, untilMs: 0 });
    const entry = merged.get(key);
    if (entry === undefined) merged.set(key, { demand, count });
    else entry.count += count;
  }
  const sorted = [...merged.values()].sort((a, b) => b.count - a.count);
  const all = sorted.reduce((sum, { count }) => sum + count, 0);
  const typical: Expected[] = [];
  let covered = 0;
  for (const each of sorted) {
    if (covered >= TYPICAL_SHARE * all) break;
    covered += each.count;
    typical.push(each);
  }
  return typical;
}
