import type { Demand } from './snapshot.ts';

/** Ranks are looked through in blocks of 2^5. */
export const BLOCK = 5;

/** What the engine remembers of one demand: whether each machine fits, and the score of each way to use it. */
export type Kept = {
  readonly demand: Demand;
  /** Of the outlook's flow demands; -1 where it has none. */
  readonly flow: number;
  /** Of its parts, as shapes know it. */
  readonly size: number;
  /** Machines that fit when they are empty. */
  readonly possible: Uint8Array;
  ways: Uint8Array;
  scores: Int32Array;
  amounts: Uint16Array;
  /** Of each block of ranks the best one, and whether that must be looked up again; only without an outlook. */
  bestOfBlock: Int32Array;
  stale: Uint8Array;
  /** Up to where in the list of changes this is current; -1 is nowhere. */
  seen: number;
  epoch: number;
};

/** Nothing is known yet but which machines fit when they are empty. */
export function newKept(demand: Demand, flow: number, size: number, possible: Uint8Array): Kept {
  const none = new Uint8Array(0);
  return {
    demand,
    flow,
    size,
    possible,
    ways: none,
    scores: new Int32Array(0),
    amounts: new Uint16Array(0),
    bestOfBlock: new Int32Array(0),
    stale: none,
    seen: -1,
    epoch: -1,
  };
}

/** Scores are remembered of so many demands at most: of those that were asked for the first time last. */
const MOST_WARM = 512;

/** Makes room for scores. `mostWays` is the most ways to use one machine that are told apart. `warm` lists who has room. */
export function warmUp(kept: Kept, mostWays: number, warm: Kept[]): void {
  const machines = kept.possible.length;
  const blocks = (machines >> BLOCK) + 1;
  kept.ways = new Uint8Array(machines);
  kept.scores = new Int32Array(machines * mostWays);
  kept.amounts = new Uint16Array(machines * mostWays);
  kept.bestOfBlock = new Int32Array(blocks);
  kept.stale = new Uint8Array(blocks).fill(1);
  warm.push(kept);
  const cold = warm.length > MOST_WARM ? warm.shift() : undefined;
  if (cold === undefined) return;
  Object.assign(cold, newKept(cold.demand, cold.flow, cold.size, cold.possible));
}

/** The best rank of a block, where every machine has at most one way. */
export function lookUp(kept: Kept, block: number): void {
  const { ways, scores } = kept;
  const end = Math.min((block + 1) << BLOCK, ways.length);
  let best = -1;
  for (let rank = block << BLOCK; rank < end; rank += 1)
    if (ways[rank] === 1 && (best < 0 || (scores[rank] as number) > (scores[best] as number))) best = rank;
  kept.bestOfBlock[block] = best;
  kept.stale[block] = 0;
}
