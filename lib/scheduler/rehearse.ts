import { Engine } from './engine.ts';
import type { Policy } from './score.ts';
import { demandMilli, type Expected, type Machine } from './snapshot.ts';

/** In the order in which ties are settled: the published policy is the last resort. */
const CANDIDATES = ['amplyCpu', 'scarceCpu', 'fragmentsOnly'] as const satisfies readonly Policy[];
const REHEARSALS = 2;

export type Rehearsal = {
  readonly policy: Policy;
  /** Thousandths of GPUs that each policy placed, over all rehearsals. */
  readonly placedMilli: Readonly<Record<Policy, number>>;
};

/**
 * Which policy suits these machines: each places the same made-up arrivals, drawn from what is expected until the free
 * GPUs are asked for once; the one that places the most is taken. No real arrival is looked at, and the draws are the
 * same each time.
 */
export function rehearse(machines: readonly Machine[], expected: readonly Expected[]): Rehearsal {
  const placedMilli: Record<Policy, number> = { amplyCpu: 0, scarceCpu: 0, fragmentsOnly: 0 };
  const freeMilli = machines.reduce((sum, { free }) => sum + free.gpuMilli.reduce((all, one) => all + one, 0), 0);
  for (let round = 0; round < REHEARSALS; round += 1) {
    const arrivals = drawArrivals(expected, freeMilli, lottery(round + 1));
    for (const policy of CANDIDATES) {
      const engine = new Engine(machines, expected, policy);
      const known = expected.map(({ demand }) => engine.know(demand));
      for (const at of arrivals) {
        if (engine.place(known[at] as number) === null) continue;
        placedMilli[policy] += demandMilli((expected[at] as Expected).demand);
      }
    }
  }
  const policy = CANDIDATES.reduce<Policy>(
    (best, each) => (placedMilli[each] > placedMilli[best] ? each : best),
    CANDIDATES[0],
  );
  return { policy, placedMilli };
}

/** Indexes of expected demands, drawn by their counts, until they ask for so much. */
function drawArrivals(expected: readonly Expected[], milli: number, random: () => number): number[] {
  const total = expected.reduce((sum, { count }) => sum + count, 0);
  const asksGpus = expected.some(({ demand, count }) => count > 0 && demandMilli(demand) > 0);
  const arrivals: number[] = [];
  for (let asked = 0; asksGpus && asked < milli; ) {
    let left = random() * total;
    let at = 0;
    while (at < expected.length - 1 && left >= (expected[at] as Expected).count) {
      left -= (expected[at] as Expected).count;
      at += 1;
    }
    arrivals.push(at);
    asked += demandMilli((expected[at] as Expected).demand);
  }
  return arrivals;
}

/** A small generator (mulberry32): numbers below 1, the same for the same seed everywhere. */
export function lottery(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
