import { attempt, type Board, leave, place, type Slot, type Want, worthAt } from './clearing-board.ts';

/** Rounds over all machines: in made-up markets the third finds hardly anything. */
const ROUNDS = 3;

/**
 * Looks at each machine once more by itself: of who is there and the best of those left out, whoever are worth most together
 * stay, so that several small bids can take the place of a large one, and a large one that of several. Who was left out may
 * come by the places of others who can move there. Kept is only what makes the whole market worth more, so that where
 * nothing is missing nothing changes. `wants` are in the order of their worth.
 */
export function refillMachines(board: Board, wants: readonly Want[]): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    let leftOut = new LeftOut(board, wants);
    let better = false;
    for (const slot of board.ofKind.flat())
      if (refill(board, slot, leftOut.for(slot))) {
        leftOut = new LeftOut(board, wants);
        better = true;
      }
    if (!better) return;
  }
}

/** Who has no place, by size, as long as nothing moves. */
class LeftOut {
  readonly #board: Board;
  readonly #bySize = new Map<number, Want[]>();
  readonly #ofKind = new Map<string, readonly Want[]>();

  constructor(board: Board, wants: readonly Want[]) {
    this.#board = board;
    for (const want of wants) {
      if (want.at !== null) continue;
      const peers = this.#bySize.get(want.gpus) ?? [];
      this.#bySize.set(want.gpus, peers);
      peers.push(want);
    }
  }

  /** The best for one machine: of each size as many as there would be room for, and all that are bound to it. */
  for(slot: Slot): Want[] {
    return [...this.#bySize.keys()].flatMap((gpus) => {
      if (gpus > slot.ask.gpus) return [];
      let room = Math.floor(slot.ask.gpus / gpus);
      const best: Want[] = [];
      for (const want of this.#canCome(slot.kind, gpus)) {
        if (room === 0 || want.value <= slot.cost) break;
        if (want.only !== null && !want.only.has(slot.ask.id)) continue;
        best.push(want);
        room -= 1;
      }
      return best;
    });
  }

  /** Who takes this kind, or one from which somebody of the same size can move to it, and so on. */
  #canCome(kind: number, gpus: number): readonly Want[] {
    const key = `${kind}/${gpus}`;
    const known = this.#ofKind.get(key);
    if (known !== undefined) return known;
    const from = new Set([kind]);
    for (const to of from)
      this.#board.ofKind.forEach((_, other) => {
        if (!from.has(other) && hasMover(this.#board.of.get(`${other}/${gpus}`), to)) from.add(other);
      });
    const found = (this.#bySize.get(gpus) ?? []).filter(({ kinds, only }) =>
      only === null ? kinds.some((each) => from.has(each)) : kinds.includes(kind),
    );
    this.#ofKind.set(key, found);
    return found;
  }
}

function hasMover(wants: ReadonlySet<Want> | undefined, to: number): boolean {
  for (const { only, kinds } of wants ?? []) if (only === null && kinds.includes(to)) return true;
  return false;
}

function refill(board: Board, slot: Slot, leftOut: readonly Want[]): boolean {
  if (leftOut.length === 0) return false;
  const chosen = worthMost(slot, [...slot.held, ...leftOut]);
  const worth = (all: Iterable<Want>) => [...all].reduce((sum, want) => sum + worthAt(want, slot), 0);
  if (worth(chosen) <= worth(slot.held)) return false;
  return attempt(board, () => {
    const out = slot.held.filter((want) => !chosen.has(want)).sort((a, b) => b.value - a.value);
    for (const want of out) leave(board, want);
    for (const want of [...chosen, ...out]) if (want.at === null) place(board, want);
  });
}

/** Of some wants those that together fit on a machine and are worth most there; of equally good ones the earlier. */
function worthMost(slot: Slot, wants: readonly Want[]): ReadonlySet<Want> {
  const room = slot.ask.gpus;
  const best = new Array<number>(room + 1).fill(0);
  /** By want: the room from which on it is among the best. */
  const taken = wants.map((want) => {
    const worth = worthAt(want, slot);
    const takes = new Array<boolean>(room + 1).fill(false);
    for (let free = room; free >= want.gpus; free -= 1) {
      const together = (best[free - want.gpus] as number) + worth;
      if (together <= (best[free] as number)) continue;
      best[free] = together;
      takes[free] = true;
    }
    return takes;
  });
  const chosen = new Set<Want>();
  let free = room;
  for (let at = wants.length - 1; at >= 0; at -= 1) {
    if (taken[at]?.[free] !== true) continue;
    const want = wants[at] as Want;
    chosen.add(want);
    free -= want.gpus;
  }
  return chosen;
}
