import type { Demand } from './snapshot.ts';

/** Machines are looked through in blocks of 2^5 slots; machines that are alike stand in slots next to each other. */
export const BLOCK = 5;

/** What the engine remembers of one demand. Its ratings are shared by all demands that take the same of a machine. */
export type Kept = {
  readonly demand: Demand;
  /** Of the outlook's flow demands; -1 where it has none. */
  readonly flow: number;
  /** Machines, by slot, that fit when they are empty, and blocks with any. */
  readonly possible: Uint8Array;
  readonly possibleBlocks: Uint8Array;
  readonly rated: Rated;
};

/**
 * The score of each way to take so much of each machine. Machines that the demand does not want, or that lack memory or
 * disk, are rated too: that is asked of those only that would be chosen.
 */
export type Rated = {
  /** One of the demands that take so much. */
  readonly demand: Demand;
  /** Of its parts, as shapes know it. */
  readonly size: number;
  ways: Uint8Array;
  scores: Int32Array;
  amounts: Uint16Array;
  /** The highest score of each block and the slot of the lowest rank that has it, and whether to look them up again. */
  bestScore: Int32Array;
  bestSlot: Int32Array;
  stale: Uint8Array;
  /** Up to where in the list of changes this is current; -1 is nowhere. */
  seen: number;
  epoch: number;
};

/** No score is as low. */
export const NO_SCORE = -2147483648;

/** Nothing is rated yet. */
export function newRated(demand: Demand, size: number): Rated {
  const none = new Int32Array(0);
  return {
    demand,
    size,
    ways: new Uint8Array(0),
    scores: none,
    amounts: new Uint16Array(0),
    bestScore: none,
    bestSlot: none,
    stale: new Uint8Array(0),
    seen: -1,
    epoch: -1,
  };
}

/** Scores are remembered of so many demands at most: of those that were asked for the first time last. */
const MOST_WARM = 512;

/** Makes room for scores of so many machines, with at most `mostWays` ways each. `warm` lists who has room. */
export function warmUp(rated: Rated, machines: number, mostWays: number, warm: Rated[]): void {
  const blocks = blocksOf(machines);
  rated.ways = new Uint8Array(machines);
  rated.scores = new Int32Array(machines * mostWays);
  rated.amounts = new Uint16Array(machines * mostWays);
  rated.bestScore = new Int32Array(blocks);
  rated.bestSlot = new Int32Array(blocks);
  rated.stale = new Uint8Array(blocks).fill(1);
  warm.push(rated);
  const cold = warm.length > MOST_WARM ? warm.shift() : undefined;
  if (cold !== undefined) Object.assign(cold, newRated(cold.demand, cold.size));
}

export function blocksOf(machines: number): number {
  return (machines + (1 << BLOCK) - 1) >> BLOCK;
}

/** Looks up the best of a block; `ranks` are by slot. */
export function lookUp(rated: Rated, block: number, mostWays: number, ranks: Int32Array): void {
  const { ways, scores } = rated;
  const end = Math.min((block + 1) << BLOCK, ways.length);
  let bestScore = NO_SCORE;
  let bestSlot = -1;
  for (let slot = block << BLOCK; slot < end; slot += 1) {
    const from = slot * mostWays;
    const to = from + (ways[slot] as number);
    for (let way = from; way < to; way += 1) {
      const score = scores[way] as number;
      if (score < bestScore) continue;
      if (score === bestScore && (ranks[slot] as number) >= (ranks[bestSlot] as number)) continue;
      bestScore = score;
      bestSlot = slot;
    }
  }
  rated.bestScore[block] = bestScore;
  rated.bestSlot[block] = bestSlot;
  rated.stale[block] = 0;
}
