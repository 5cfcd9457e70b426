import type { Micros } from '#lib/base/money.ts';

/** GPUs of one machine that may be rented interruptibly, and the least that its host takes. */
export type Ask = {
  readonly id: string;
  readonly model: string;
  readonly gpus: number;
  readonly microsPerGpuHour: Micros;
};
/** GPUs wanted on one machine, all or none, of any of these models, and the most that the renter pays. */
export type Bid = {
  readonly id: string;
  readonly models: readonly string[];
  readonly gpus: number;
  readonly microsPerGpuHour: Micros;
  /** The only machines that it can have, by the ids of their asks: it runs there, its disk is there. Left out: any. */
  readonly only?: readonly string[] | undefined;
};

/** A machine while the market is cleared: its kind is its model, by number. */
export type Slot = {
  readonly ask: Ask;
  readonly kind: number;
  readonly cost: number;
  free: number;
  /** Who has a place there, the least worth first. */
  readonly held: Want[];
};
/** A bid while the market is cleared. */
export type Want = {
  readonly bid: Bid;
  readonly kinds: readonly number[];
  readonly value: number;
  readonly gpus: number;
  /** Null: any machine of its kinds. Who is bound to some is never moved for others, and sets the price only there. */
  readonly only: ReadonlySet<string> | null;
  at: Slot | null;
};

/**
 * The market while it is cleared. `of` finds who has a place, by kind and size: whoever has the same size can swap
 * places. `welfare` is what all that have a place are worth above what their hosts want. `moves` takes down who came from
 * where while something is tried; null: nothing is.
 */
export type Board = {
  readonly ofKind: readonly (readonly Slot[])[];
  readonly of: Map<string, Set<Want>>;
  welfare: number;
  moves: { readonly want: Want; readonly from: Slot | null }[] | null;
};

/** The cheapest machine of a kind with room for so many GPUs; of equally cheap ones the tightest. */
function cheapest(
  slots: readonly Slot[] | undefined,
  gpus: number,
  below: number,
  only: ReadonlySet<string> | null,
): Slot | null {
  let best: Slot | null = null;
  for (const slot of slots ?? []) {
    if (slot.cost >= below || (best !== null && slot.cost > best.cost)) break;
    if (only !== null && !only.has(slot.ask.id)) continue;
    if (slot.free >= gpus && (best === null || slot.free < best.free)) best = slot;
  }
  return best;
}

/**
 * Places a want where it costs least: on a kind that it takes, or on one that a want of the same size can move to from
 * there, and so on; there in a free place or in that of a want of less worth. What is found by following kinds is found
 * exactly: worths do not depend on the kind.
 */
export function place(board: Board, want: Want): boolean {
  // By kind: who moves on from there, null for the want itself; and to where. Undefined: not come by.
  const cameBy = new Array<Want | null | undefined>(board.ofKind.length).fill(undefined);
  const cameFrom = new Array<number>(board.ofKind.length).fill(-1);
  for (const kind of want.kinds) cameBy[kind] = null;
  let best: Slot | null = null;
  let out: Want | null = null;
  let bestKind = -1;
  // Who pays just what the host asks is taken; who pays just what another pays does not put that one out.
  let least = want.value + 1;
  const queue = [...want.kinds];
  for (const kind of queue) {
    // Whoever comes into this kind by moving may have any machine of it.
    const only = cameBy[kind] === null ? want.only : null;
    const found = cheapest(board.ofKind[kind], want.gpus, least, only);
    if (found !== null) {
      best = found;
      out = null;
      bestKind = kind;
      least = found.cost;
    }
    for (const other of board.of.get(`${kind}/${want.gpus}`) ?? []) {
      if (only !== null && !only.has((other.at as Slot).ask.id)) continue;
      if (other.value < Math.min(least, want.value)) {
        best = other.at;
        out = other;
        bestKind = kind;
        least = other.value;
      }
      if (other.only !== null || queue.length === cameBy.length) continue;
      for (const next of other.kinds) {
        if (cameBy[next] !== undefined) continue;
        cameBy[next] = other;
        cameFrom[next] = kind;
        queue.push(next);
      }
    }
  }
  if (best === null) return false;
  if (out !== null) leave(board, out);
  // Backwards along the way: each moves into what the one before it found.
  let into: Slot = best;
  for (let kind = bestKind; ; ) {
    const mover = cameBy[kind] ?? null;
    if (mover === null) break;
    const left = mover.at as Slot;
    leave(board, mover);
    enter(board, mover, into);
    into = left;
    kind = cameFrom[kind] as number;
  }
  enter(board, want, into);
  return true;
}

/** What a place is worth to a want above what the host wants. */
export function worthAt(want: Want, slot: Slot): number {
  return (want.value - slot.cost) * want.gpus;
}

/** Gives a want without a place one on a machine that has room for it. */
export function enter(board: Board, want: Want, slot: Slot): void {
  board.moves?.push({ want, from: null });
  board.welfare += worthAt(want, slot);
  want.at = slot;
  slot.free -= want.gpus;
  const after = slot.held.findLastIndex(({ value }) => value <= want.value);
  slot.held.splice(after + 1, 0, want);
  const key = `${slot.kind}/${want.gpus}`;
  const peers = board.of.get(key) ?? new Set();
  board.of.set(key, peers.add(want));
}

/** Takes a want's place away. */
export function leave(board: Board, want: Want): void {
  const slot = want.at as Slot;
  board.moves?.push({ want, from: slot });
  board.welfare -= worthAt(want, slot);
  want.at = null;
  slot.free += want.gpus;
  slot.held.splice(slot.held.indexOf(want), 1);
  board.of.get(`${slot.kind}/${want.gpus}`)?.delete(want);
}

/** Tries something: what does not make the whole market worth more is undone. Says whether it stayed. */
export function attempt(board: Board, work: () => void): boolean {
  const before = board.welfare;
  const moves: NonNullable<Board['moves']> = [];
  board.moves = moves;
  work();
  board.moves = null;
  if (board.welfare > before) return true;
  for (const { want, from } of moves.reverse())
    if (from === null) leave(board, want);
    else enter(board, want, from);
  return false;
}
