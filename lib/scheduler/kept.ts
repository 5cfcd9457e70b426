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
  readonly ways: Uint8Array;
  readonly scores: Int32Array;
  readonly amounts: Uint16Array;
  /** Of each block of ranks the best one, and whether that must be looked up again; only without an outlook. */
  readonly bestOfBlock: Int32Array;
  readonly stale: Uint8Array;
  /** Up to where in the list of changes this is current; -1 is nowhere. */
  seen: number;
  epoch: number;
};

/**
 * Nothing is known yet but which machines fit when they are empty. `mostWays` is the most ways to use one machine that
 * are told apart.
 */
export function newKept(demand: Demand, flow: number, size: number, possible: Uint8Array, mostWays: number): Kept {
  const blocks = (possible.length >> BLOCK) + 1;
  return {
    demand,
    flow,
    size,
    possible,
    ways: new Uint8Array(possible.length),
    scores: new Int32Array(possible.length * mostWays),
    amounts: new Uint16Array(possible.length * mostWays),
    bestOfBlock: new Int32Array(blocks),
    stale: new Uint8Array(blocks).fill(1),
    seen: -1,
    epoch: -1,
  };
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
