import type { Column } from './program.ts';
import { Simplex } from './simplex.ts';

/** GPUs are cut into this many grains for planning: a hundredth of one each. */
export const GRAINS = 100;

/** Demands that are alike for planning: so many GPUs, so much of each, on machines of those kinds. */
export type FlowDemand = {
  readonly gpuCount: number;
  /** Grains of each GPU, from 1 to 100. */
  readonly size: number;
  readonly kinds: readonly number[];
  /** How often it comes, beside the others. */
  readonly count: number;
};

export type Flows = {
  /** How many of each demand the plan puts on each kind: `[demand * kinds + kind]`. */
  readonly accepted: Float64Array;
  /**
   * How many of each demand the plan still wants to put on a GPU of that kind with so many grains free: `[(demand *
   * kinds + kind) * 101 + grains]`.
   */
  readonly wanted: Float64Array;
  /** Of what is put on a GPU with so many grains free, how many are of each size: `[kind * 101 + grains]`. */
  readonly from: readonly (readonly { readonly size: number; readonly flow: number }[])[];
  /** What one GPU of that kind with so many grains free is worth, in GPUs: `[kind * 101 + grains]`. */
  readonly worth: Float64Array;
};

/** Index of a kind's GPUs with so many grains free. */
export function cell(kind: number, grains: number): number {
  return kind * (GRAINS + 1) + grains;
}

type Arc = { readonly kind: number; readonly grains: number; readonly size: number };

/**
 * The best use of what is free for what is expected, as a flow: a GPU with r grains free is an edge's start, each
 * demand of size s an edge from r to r - s. Solved as a linear program; CPU is left out of it on purpose (see the
 * decision record). What fits must be placed, so a harder demand is never accepted in a larger share than an easier
 * one.
 */
export class FlowModel {
  readonly #demands: readonly FlowDemand[];
  readonly #kinds: number;
  readonly #accept: { readonly demand: number; readonly kind: number }[] = [];
  readonly #arcs: Arc[] = [];
  readonly #balanceRow: Int32Array;
  readonly #demandRow: Int32Array;
  readonly #rowCount: number;
  readonly #simplex: Simplex;
  /**
   * For each number of grains the largest rest of a whole GPU that is not above it: the rests that are planned with.
   */
  readonly rests: Uint8Array;

  /** `gpus[kind]`: how many GPUs machines of that kind have together. */
  constructor(demands: readonly FlowDemand[], gpus: readonly number[]) {
    this.#demands = demands;
    this.#kinds = gpus.length;
    this.#balanceRow = new Int32Array(gpus.length * (GRAINS + 1)).fill(-1);
    this.#demandRow = new Int32Array(demands.length);
    let rows = 0;
    const sizes = gpus.map((_, kind) =>
      [...new Set(demands.filter((demand) => demand.kinds.includes(kind)).map((demand) => demand.size))].sort(
        (a, b) => a - b,
      ),
    );
    this.rests = restsOf(demands.map((demand) => demand.size));
    sizes.forEach((ofKind, kind) => {
      for (let grains = ofKind[0] ?? GRAINS + 1; grains <= GRAINS; grains += 1)
        if (this.rests[grains] === grains) this.#balanceRow[cell(kind, grains)] = rows++;
    });
    demands.forEach((_, at) => {
      this.#demandRow[at] = rows++;
    });
    const linkRow = new Map<string, number>();
    const equal = new Set<number>();
    sizes.forEach((ofKind, kind) => {
      for (const size of ofKind) {
        equal.add(rows);
        linkRow.set(`${kind}/${size}`, rows++);
      }
    });
    const pairs = harderPairs(demands).map((pair) => ({ ...pair, row: rows++ }));
    this.#rowCount = rows;
    const columns: Column[] = [];
    demands.forEach(({ gpuCount, size, kinds, count }, demand) => {
      for (const kind of kinds) {
        this.#accept.push({ demand, kind });
        const entries: [number, number][] = [
          [this.#demandRow[demand] as number, 1],
          [linkRow.get(`${kind}/${size}`) as number, gpuCount],
        ];
        for (const { harder, easier, row } of pairs) {
          const least = Math.min((demands[harder] as FlowDemand).count, (demands[easier] as FlowDemand).count);
          if (harder === demand) entries.push([row, least / count]);
          if (easier === demand) entries.push([row, -least / count]);
        }
        columns.push(columnOf(gpuCount * size, ((gpus[kind] as number) * GRAINS) / (size * gpuCount), entries));
      }
    });
    sizes.forEach((ofKind, kind) => {
      for (const size of ofKind) {
        for (let grains = size; grains <= GRAINS; grains += 1) {
          if (this.rests[grains] !== grains) continue;
          this.#arcs.push({ kind, grains, size });
          const entries: [number, number][] = [
            [linkRow.get(`${kind}/${size}`) as number, -1],
            [this.#balanceRow[cell(kind, grains)] as number, 1],
          ];
          const next = this.#balanceRow[cell(kind, grains - size)] as number;
          if (next >= 0) entries.push([next, -1]);
          columns.push(columnOf(0, (gpus[kind] as number) * GRAINS, entries));
        }
      }
    });
    this.#simplex = new Simplex({ columns, rowCount: rows, equal });
  }

  /**
   * `expected[demand]`: how many are still expected; `free[cell]`: how many GPUs have so many grains free. Null: no
   * advice.
   */
  solve(expected: Float64Array, free: Float64Array): Flows | null {
    const limits = new Float64Array(this.#rowCount);
    this.#demandRow.forEach((row, demand) => {
      limits[row] = expected[demand] as number;
    });
    this.#balanceRow.forEach((row, at) => {
      if (row >= 0) limits[row] = free[at] as number;
    });
    const solution = this.#simplex.solve(limits);
    if (solution === null) return null;
    const cells = this.#kinds * (GRAINS + 1);
    const worth = new Float64Array(cells);
    this.#balanceRow.forEach((row, at) => {
      if (row >= 0) worth[at] = Math.max(0, solution.worth[row] as number) / GRAINS;
    });
    const from: { size: number; flow: number }[][] = Array.from({ length: cells }, () => []);
    const ofSize = new Float64Array(cells);
    this.#arcs.forEach(({ kind, grains, size }, at) => {
      const flow = solution.x[this.#accept.length + at] as number;
      if (flow < 1e-9) return;
      from[cell(kind, grains)]?.push({ size, flow });
      ofSize[cell(kind, size)] = (ofSize[cell(kind, size)] as number) + flow;
    });
    const accepted = new Float64Array(this.#demands.length * this.#kinds);
    const wanted = new Float64Array(this.#demands.length * cells);
    this.#accept.forEach(({ demand, kind }, at) => {
      const count = solution.x[at] as number;
      accepted[demand * this.#kinds + kind] = count;
      const { size } = this.#demands[demand] as FlowDemand;
      const all = ofSize[cell(kind, size)] as number;
      if (count === 0 || all === 0) return;
      for (let grains = size; grains <= GRAINS; grains += 1)
        for (const flow of from[cell(kind, grains)] ?? [])
          if (flow.size === size) wanted[demand * cells + cell(kind, grains)] = (count * flow.flow) / all;
    });
    return { accepted, wanted, from, worth };
  }
}

/**
 * What can be left of a whole GPU when demands of these sizes take their parts, as a table from grains to the rest that
 * is not above them.
 */
function restsOf(sizes: readonly number[]): Uint8Array {
  const rests = new Uint8Array(GRAINS + 1);
  rests[GRAINS] = GRAINS;
  for (let grains = GRAINS; grains > 0; grains -= 1)
    if (rests[grains] === grains) for (const size of sizes) if (size <= grains) rests[grains - size] = grains - size;
  for (let grains = 1; grains <= GRAINS; grains += 1)
    if (rests[grains] === 0) rests[grains] = rests[grains - 1] as number;
  return rests;
}

function columnOf(cost: number, upper: number, entries: readonly (readonly [number, number])[]): Column {
  return { cost, upper, rows: entries.map(([row]) => row), values: entries.map(([, value]) => value) };
}

/** Pairs of which the one is at least as hard to place in every respect, without those that follow from others. */
function harderPairs(demands: readonly FlowDemand[]): { harder: number; easier: number }[] {
  const isHarder = (a: FlowDemand, b: FlowDemand) =>
    a !== b && a.size >= b.size && a.gpuCount >= b.gpuCount && a.kinds.every((kind) => b.kinds.includes(kind));
  return demands.flatMap((a, harder) =>
    demands.flatMap((b, easier) => {
      if (!isHarder(a, b)) return [];
      const between = demands.some((c) => c !== a && c !== b && isHarder(a, c) && isHarder(c, b));
      return between ? [] : [{ harder, easier }];
    }),
  );
}
