import type { Micros } from '#lib/base/money.ts';
import {
  type Ask,
  type Bid,
  type Board,
  enter,
  leave,
  place,
  type Slot,
  type Want,
  worthAt,
} from './clearing-board.ts';
import { refillMachines } from './clearing-refill.ts';

export type Cleared = {
  readonly won: readonly { readonly bidId: string; readonly askId: string; readonly microsPerGpuHour: Micros }[];
  /** What a GPU-hour of each model costs now; null where nothing of it is rented. */
  readonly prices: ReadonlyMap<string, Micros | null>;
  /** What a bid for so many GPUs of a model (see {@link ENTRY_SIZES}) would have to pay to get in now; null: none can. */
  readonly entries: ReadonlyMap<string, readonly (Micros | null)[]>;
  /** What bids are worth above what hosts want, a GPU-hour each, over all that is rented. */
  readonly welfareMicrosPerHour: Micros;
};

/** The sizes of which a clearing says what getting in costs. */
export const ENTRY_SIZES = [1, 2, 4, 8] as const;

const PASSES = 3;

/**
 * Clears the interruptible market: who rents what, so that bids are worth as much as can be above what hosts want. The
 * best-paying bids come first; one that finds the models it takes full may move others to another model that they take
 * as well. Then those left out try to take the place of less worth, and each machine is filled once more with the best of who
 * is there and who was left out.
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
  const board: Board = { ofKind, of: new Map(), welfare: 0, moves: null };
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
  refillMachines(board, wants);
  const prices = pricesOf(models.length, slots, wants);
  const boundTo = leftOutAt(wants);
  const won = wants.flatMap((want) => {
    if (want.at === null) return [];
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
    welfareMicrosPerHour: BigInt(board.welfare),
  };
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
      const gain = worthAt(want, slot) - lost;
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
  for (const each of slot.held) {
    if (free >= gpus) break;
    out.push(each);
    free += each.gpus;
    lost += worthAt(each, slot);
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
