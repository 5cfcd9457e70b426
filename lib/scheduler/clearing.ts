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
export type Cleared = {
  readonly won: readonly { readonly bidId: string; readonly askId: string; readonly microsPerGpuHour: Micros }[];
  /** What a GPU-hour of each model costs now; null where nothing of it is rented. */
  readonly prices: ReadonlyMap<string, Micros | null>;
  /** What a bid for so many GPUs of a model (see {@link ENTRY_SIZES}) would have to pay to get in now; null: none can. */
  readonly entries: ReadonlyMap<string, readonly (Micros | null)[]>;
  /** What bids are worth above what hosts want, a GPU-hour each, over all that is rented. */
  readonly welfareMicrosPerHour: Micros;
};

type Slot = { readonly ask: Ask; readonly kind: number; readonly cost: number; free: number; readonly held: Want[] };
type Want = {
  readonly bid: Bid;
  readonly kinds: readonly number[];
  readonly value: number;
  readonly gpus: number;
  /** Null: any machine of its kinds. Who is bound to some is never moved for others, and sets the price only there. */
  readonly only: ReadonlySet<string> | null;
  at: Slot | null;
};

/** The sizes of which a clearing says what getting in costs. */
export const ENTRY_SIZES = [1, 2, 4, 8] as const;

/**
 * The market while it is cleared. `of` finds who has a place, by kind and size: whoever has the same size can swap
 * places.
 */
type Board = {
  readonly ofKind: readonly (readonly Slot[])[];
  readonly of: Map<string, Set<Want>>;
};

const PASSES = 3;

/**
 * Clears the interruptible market: who rents what, so that bids are worth as much as can be above what hosts want. The
 * best-paying bids come first; one that finds the models it takes full may move others to another model that they take
 * as well. Then those left out try to take the place of less worth.
 *
 * Price: one for each model, the lowest that is right, which is what one GPU more of it would bring: what the best bid
 * for one GPU pays that was left out and would take it, or take the place of somebody who moves to it; at least the
 * dearest host in use there. Nobody pays more than the own bid, no host gets less than the own ask, and the platform
 * keeps nothing in between. A bid for one GPU that is bound to some machines and was left out sets the price there only. Where all bid for one GPU each, it is the price at which no bid but the true worth gains
 * anything.
 * Ties go to the smaller id. Integers only.
 */
export function clearMarket(asks: readonly Ask[], bids: readonly Bid[]): Cleared {
  const models = [...new Set(asks.map(({ model }) => model))].sort();
  const byId = <T extends { readonly id: string }>(a: T, b: T) => (a.id < b.id ? -1 : 1);
  const slots = [...asks].sort(byId).map((ask): Slot => {
    const cost = Number(ask.microsPerGpuHour);
    return { ask, kind: models.indexOf(ask.model), cost, free: ask.gpus, held: [] };
  });
  const ofKind = models.map((_, kind) => slots.filter((slot) => slot.kind === kind).sort((a, b) => a.cost - b.cost));
  const board: Board = { ofKind, of: new Map() };
  const wants = [...bids].sort(byId).map((bid): Want => {
    const kinds = models.flatMap((model, kind) => (bid.models.includes(model) ? [kind] : []));
    const only = bid.only === undefined ? null : new Set(bid.only);
    return { bid, kinds, value: Number(bid.microsPerGpuHour), gpus: bid.gpus, only, at: null };
  });
  wants.sort((a, b) => b.value - a.value || b.gpus - a.gpus);
  for (const want of wants) place(board, want);
  // Once more with the marginal worths known: whoever is above them, the large ones first, so that they find whole
  // machines.
  const marginal = marginalOf(models.length, wants);
  for (const want of wants) if (want.at !== null) leave(board, want);
  const isSafe = (want: Want) => want.kinds.some((kind) => want.value > (marginal[kind] as number));
  const order = [...wants].sort((a, b) => Number(isSafe(b)) - Number(isSafe(a)) || (isSafe(a) ? b.gpus - a.gpus : 0));
  for (const want of order) place(board, want);
  for (let pass = 0; pass < PASSES; pass += 1) {
    let moved = false;
    for (const want of wants) if (want.at === null && displace(board, want)) moved = true;
    if (!moved) break;
  }
  const prices = pricesOf(models.length, slots, wants);
  const boundTo = leftOutAt(wants);
  let welfare = 0;
  const won = wants.flatMap((want) => {
    if (want.at === null) return [];
    welfare += (want.value - want.at.cost) * want.gpus;
    const bound = boundTo.get(want.at.ask.id) ?? 0;
    const pays = Math.min(want.value, Math.max(prices[want.at.kind] ?? 0, want.at.cost, bound));
    return [{ bidId: want.bid.id, askId: want.at.ask.id, microsPerGpuHour: BigInt(pays) }];
  });
  return {
    won,
    prices: new Map(
      models.map((model, kind) => [model, typeof prices[kind] === 'number' ? BigInt(prices[kind]) : null]),
    ),
    entries: new Map(models.map((model, kind) => [model, ENTRY_SIZES.map((gpus) => entryOf(board, kind, gpus))])),
    welfareMicrosPerHour: BigInt(welfare),
  };
}

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
function place(board: Board, want: Want): boolean {
  const cameBy = new Map<number, Want | null>(want.kinds.map((kind) => [kind, null]));
  const cameFrom = new Map<number, number>();
  let best: Slot | null = null;
  let out: Want | null = null;
  let bestKind = -1;
  // Who pays just what the host asks is taken; who pays just what another pays does not put that one out.
  let least = want.value + 1;
  const queue = [...want.kinds];
  for (let kind = queue.shift(); kind !== undefined; kind = queue.shift()) {
    // Whoever comes into this kind by moving may have any machine of it.
    const only = cameBy.get(kind) === null ? want.only : null;
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
      if (other.only !== null) continue;
      for (const next of other.kinds) {
        if (cameBy.has(next)) continue;
        cameBy.set(next, other);
        cameFrom.set(next, kind);
        queue.push(next);
      }
    }
  }
  if (best === null) return false;
  if (out !== null) leave(board, out);
  // Backwards along the way: each moves into what the one before it found.
  let into: Slot = best;
  for (let kind = bestKind; ; ) {
    const mover = cameBy.get(kind) ?? null;
    if (mover === null) break;
    const left = mover.at as Slot;
    leave(board, mover);
    enter(board, mover, into);
    into = left;
    kind = cameFrom.get(kind) as number;
  }
  enter(board, want, into);
  return true;
}

/** Puts a want in the place of others on one machine that together are worth less; those look for another place. */
function displace(board: Board, want: Want): boolean {
  if (place(board, want)) return true;
  let best: { slot: Slot; out: Want[]; gain: number } | null = null;
  for (const kind of want.kinds)
    for (const slot of board.ofKind[kind] ?? []) {
      if (slot.cost > want.value) break;
      if (slot.ask.gpus < want.gpus || (want.only !== null && !want.only.has(slot.ask.id))) continue;
      const { out, lost } = cheapestOut(slot, want.gpus);
      const gain = (want.value - slot.cost) * want.gpus - lost;
      if (gain > (best?.gain ?? 0)) best = { slot, out, gain };
    }
  if (best === null) return false;
  for (const each of best.out) leave(board, each);
  enter(board, want, best.slot);
  for (const each of best.out.sort((a, b) => b.value - a.value)) place(board, each);
  return true;
}

/** Who would go so that a machine has room for so many GPUs, least worth first, and what they are worth above its host's ask. */
function cheapestOut(slot: Slot, gpus: number): { out: Want[]; lost: number } {
  const out: Want[] = [];
  let free = slot.free;
  let lost = 0;
  for (const each of [...slot.held].sort((a, b) => a.value - b.value)) {
    if (free >= gpus) break;
    out.push(each);
    free += each.gpus;
    lost += (each.value - slot.cost) * each.gpus;
  }
  return { out, lost };
}

/** The least that one more bid for so many GPUs of a kind gets in with, by what is free or by whom it would put out. */
function entryOf(board: Board, kind: number, gpus: number): Micros | null {
  let least = Number.POSITIVE_INFINITY;
  for (const slot of board.ofKind[kind] ?? []) {
    if (slot.cost >= least) break;
    if (slot.ask.gpus < gpus) continue;
    const { out, lost } = cheapestOut(slot, gpus);
    least = Math.min(least, slot.cost + (out.length === 0 ? 0 : Math.floor(lost / gpus) + 1));
  }
  return Number.isFinite(least) ? BigInt(least) : null;
}

function enter(board: Board, want: Want, slot: Slot): void {
  want.at = slot;
  slot.free -= want.gpus;
  slot.held.push(want);
  const key = `${slot.kind}/${want.gpus}`;
  const peers = board.of.get(key) ?? new Set();
  board.of.set(key, peers.add(want));
}

function leave(board: Board, want: Want): void {
  const slot = want.at as Slot;
  want.at = null;
  slot.free += want.gpus;
  slot.held.splice(slot.held.indexOf(want), 1);
  board.of.get(`${slot.kind}/${want.gpus}`)?.delete(want);
}

/** By ask: the best bid for one GPU that is bound to it and was left out. */
function leftOutAt(wants: readonly Want[]): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (const { at, only, gpus, value } of wants)
    if (at === null && only !== null && gpus === 1)
      for (const id of only) best.set(id, Math.max(best.get(id) ?? 0, value));
  return best;
}

/** By kind: the worth of the single GPU that only just found a place. */
function marginalOf(kinds: number, wants: readonly Want[]): number[] {
  const marginal = new Array<number>(kinds).fill(0);
  for (const { at, value, gpus } of wants) if (at !== null && gpus === 1) marginal[at.kind] = value;
  return marginal;
}

/**
 * By kind: what one GPU more of it would bring, through whoever could move to it. Undefined where nothing is rented.
 */
function pricesOf(kinds: number, slots: readonly Slot[], wants: readonly Want[]): (number | undefined)[] {
  const own = new Array<number>(kinds).fill(0);
  const rented = new Set<number>();
  const canMove = Array.from({ length: kinds }, () => new Set<number>());
  for (const { kind, cost, held } of slots) {
    if (held.length === 0) continue;
    rented.add(kind);
    own[kind] = Math.max(own[kind] as number, cost);
  }
  for (const { at, kinds: takes, value, gpus, only } of wants)
    for (const kind of only === null ? takes : []) {
      if (at !== null) canMove[kind]?.add(at.kind);
      else if (gpus === 1) own[kind] = Math.max(own[kind] as number, value);
    }
  return own.map((_, kind) => {
    if (!rented.has(kind)) return undefined;
    const seen = new Set([kind]);
    for (const each of seen) for (const from of canMove[each] ?? []) seen.add(from);
    return Math.max(...[...seen].map((each) => own[each] as number));
  });
}
