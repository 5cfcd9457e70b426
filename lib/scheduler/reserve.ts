import { whyNotFit } from './fit.ts';
import type { Demand, Machine } from './snapshot.ts';

/** Empty machines are kept for as many demands as expected and so many standard deviations more. */
const DEVIATIONS = 2.5;

/** A demand that cannot share even the largest machine. */
export type Big = {
  readonly demand: Demand;
  readonly count: number;
  /** Machines, by rank, that it fits when they are empty. */
  readonly possible: Uint8Array;
  /** Of all big demands, those that only fit where this one fits; itself too. */
  readonly within: readonly number[];
};

/** The big demands, the most particular first. */
export function bigDemands(
  expected: readonly { readonly demand: Demand; readonly count: number }[],
  machines: readonly Machine[],
): Big[] {
  const most = machines.reduce((most, { capacity }) => Math.max(most, capacity.gpuMilli.length), 0);
  const big = expected
    .filter(({ demand }) => demand.gpuCount > 1 && demand.gpuCount * 2 > most)
    .map(({ demand, count }) => ({
      demand,
      count,
      possible: Uint8Array.from(machines, (machine) => (whyNotFit(machine, demand, machine.capacity) === null ? 1 : 0)),
    }))
    .map((each) => ({ ...each, machines: each.possible.reduce((sum, one) => sum + one, 0) }))
    .filter((each) => each.machines > 0)
    .sort((a, b) => a.machines - b.machines || a.demand.cpuMilli - b.demand.cpuMilli);
  return big.map(({ demand, count, possible }) => ({
    demand,
    count,
    possible,
    within: big.flatMap((other, at) =>
      other.possible.every((one, rank) => one <= (possible[rank] as number)) ? [at] : [],
    ),
  }));
}

export type Reserve = {
  /** For each machine, by rank, which big demand it is kept for; -1 for none. */
  readonly keptFor: Int16Array;
  /** How many of each big demand can be hoped to be placed. */
  readonly hoped: Float64Array;
};

/**
 * Which machines are kept, of the highest ranks: ties reach those last. `fits(rank, demand)`: whether it could go there
 * now.
 */
export function keepReserve(
  big: readonly Big[],
  arrivals: number,
  machines: number,
  fits: (rank: number, demand: Demand) => boolean,
): Reserve {
  const keptFor = new Int16Array(machines).fill(-1);
  const hoped = new Float64Array(big.length);
  big.forEach(({ demand, count, possible, within }, at) => {
    const expected = within.reduce((sum, other) => sum + (big[other] as Big).count, 0) * arrivals;
    let wanted = Math.ceil(expected + DEVIATIONS * Math.sqrt(expected));
    const free: number[] = [];
    let kept = 0;
    for (let rank = machines - 1; rank >= 0; rank -= 1) {
      if (possible[rank] === 0 || !fits(rank, demand)) continue;
      if ((keptFor[rank] as number) >= 0) kept += 1;
      else free.push(rank);
    }
    wanted -= kept;
    for (const rank of free.slice(0, Math.max(0, wanted))) keptFor[rank] = at;
    hoped[at] = Math.min(count * arrivals, expected === 0 ? 0 : (kept + free.length) * ((count * arrivals) / expected));
  });
  return { keptFor, hoped };
}
