import type { Engine, Place } from './engine.ts';
import { whyTaken } from './fit.ts';
import type { Seat } from './seat.ts';
import { type Demand, demandMilli, type Room, WHOLE_GPU_MILLI } from './snapshot.ts';

/** Something that was placed: the demand as the engine knows it, and where it is. */
export type Placed = { readonly known: number; place: Place };

/** So many ways are tried before a request is left waiting. */
const MOST_TRIES = 64;

/**
 * Moves placed things so that a demand fits that fits nowhere: one thing to another machine or, where `most` is two or
 * more, two that take the same of GPUs and change places. Of all that would do, what has the fewest GPUs is moved, from
 * where it leaves the least CPU. `held` lists by rank what is placed; it is kept up to date. How many were moved; 0
 * where nothing helps.
 */
export function makeRoom(engine: Engine, held: readonly Placed[][], known: number, most: number): number {
  if (most >= 1 && moveOne(engine, held, known)) return 1;
  return most >= 2 && changePlaces(engine, held, known) ? 2 : 0;
}

/**
 * Whether it pays to move others for a demand: it asks for GPUs, and for no more CPU with them than there is free for
 * each free GPU. Whoever asks for more would leave GPUs behind that nobody can use.
 */
export function isWorthMoving(engine: Engine, known: number): boolean {
  const demand = engine.demandOf(known);
  let cpuMilli = 0;
  let gpuMilli = 0;
  for (const seat of engine.seats) {
    cpuMilli += seat.cpuMilli;
    gpuMilli += seat.shape.totalMilli;
  }
  return demand.gpuCount > 0 && demand.cpuMilli * gpuMilli <= cpuMilli * demandMilli(demand);
}

/** Moves the first thing that stands in the way and fits elsewhere, if the plan loses no more by it than the demand takes. */
function moveOne(engine: Engine, held: readonly Placed[][], known: number): boolean {
  const least = engine.worthMilli() - demandMilli(engine.demandOf(known));
  const nowhere = new Set<number>();
  const stuck = new Set<string>();
  for (const placed of inTheWay(engine, held, known)) {
    const { place } = placed;
    const key = `${placed.known}/${place.rank}`;
    if (nowhere.has(placed.known) || stuck.has(key)) continue;
    if (nowhere.size + stuck.size >= MOST_TRIES) return false;
    const best = engine.choose(placed.known);
    if (best < 0) {
      nowhere.add(placed.known);
      continue;
    }
    if (best === place.rank) engine.bar(place.rank, true);
    const next = engine.put(placed.known);
    if (best === place.rank) engine.bar(place.rank, false);
    if (next !== null) {
      engine.release(placed.known, place);
      if (worthWith(engine, known) >= least) {
        settle(held, placed, next);
        return true;
      }
      engine.release(placed.known, next);
      placed.place = putBack(engine, placed.known, place);
    }
    stuck.add(key);
  }
  return false;
}

/** What would be worth what is left free, in thousandths of GPUs, if the demand were placed too. */
function worthWith(engine: Engine, known: number): number {
  const place = engine.put(known);
  const worth = engine.worthMilli();
  if (place !== null) engine.release(known, place);
  return worth;
}

/** Placed things each of which would let the demand in by leaving. */
function inTheWay(engine: Engine, held: readonly Placed[][], known: number): Placed[] {
  const demand = engine.demandOf(known);
  const found: { placed: Placed; milli: number; cpuLeft: number }[] = [];
  for (const seat of engine.seats) {
    if (!engine.isPossible(known, seat.rank) || engine.isBarred(seat.rank)) continue;
    const gpuLacking = demandMilli(demand) - seat.shape.totalMilli;
    const cpuLacking = demand.cpuMilli - seat.cpuMilli;
    for (const placed of held[seat.rank] ?? []) {
      const other = engine.demandOf(placed.known);
      const milli = demandMilli(other);
      if (milli < gpuLacking || other.cpuMilli < cpuLacking) continue;
      if (whyTaken(roomWithout(seat, other, placed.place), demand) !== null) continue;
      found.push({ placed, milli, cpuLeft: other.cpuMilli - cpuLacking });
    }
  }
  found.sort((a, b) => a.milli - b.milli || a.cpuLeft - b.cpuLeft || a.placed.place.rank - b.placed.place.rank);
  return found.map(({ placed }) => placed);
}

/**
 * Where GPUs are free for the demand and CPU or memory are not: lets something there and something on another machine
 * that takes the same of GPUs change places, each where the other was.
 */
function changePlaces(engine: Engine, held: readonly Placed[][], known: number): boolean {
  const demand = engine.demandOf(known);
  const others = byDemand(engine, held);
  const ways = engine.seats
    .flatMap((seat) => {
      if (!engine.isPossible(known, seat.rank) || engine.isBarred(seat.rank)) return [];
      if (whyTaken({ ...ENDLESS, gpuMilli: seat.gpuMilli }, demand) !== null) return [];
      return (held[seat.rank] ?? []).map((placed) => ({ placed, seat, own: engine.demandOf(placed.known) }));
    })
    .filter(({ seat, own }) => seat.cpuMilli + own.cpuMilli >= demand.cpuMilli)
    .sort(
      (a, b) =>
        demandMilli(a.own) - demandMilli(b.own) || b.seat.cpuMilli - a.seat.cpuMilli || a.seat.rank - b.seat.rank,
    );
  for (const { placed, seat, own } of ways) {
    for (const { known: other, demand: theirs, all } of others.get(gpusOf(own)) ?? []) {
      const gained = own.cpuMilli - theirs.cpuMilli;
      if (seat.cpuMilli + gained < demand.cpuMilli || !engine.isPossible(other, seat.rank)) continue;
      if (seat.memoryBytes + own.memoryBytes - theirs.memoryBytes < demand.memoryBytes) continue;
      if (seat.diskBytes + own.diskBytes - theirs.diskBytes < demand.diskBytes) continue;
      for (const each of all) {
        const there = engine.seats[each.place.rank] as Seat;
        // They are in order of what is free, so that no later one has enough.
        if (there.cpuMilli < gained) break;
        if (there.rank === seat.rank || engine.isBarred(there.rank)) continue;
        if (!engine.isPossible(placed.known, there.rank)) continue;
        if (whyTaken(roomWithout(there, theirs, each.place), own) !== null) continue;
        engine.release(placed.known, placed.place);
        engine.release(other, each.place);
        settle(held, placed, putOn(engine, placed.known, there.rank));
        settle(held, each, putOn(engine, other, seat.rank));
        return true;
      }
    }
  }
  return false;
}

const ENDLESS = {
  cpuMilli: Number.POSITIVE_INFINITY,
  memoryBytes: Number.POSITIVE_INFINITY,
  diskBytes: Number.POSITIVE_INFINITY,
};

/** Demands of the same text take the same of GPUs. */
function gpusOf({ gpuCount, gpuMilli }: Demand): string {
  return `${gpuCount}/${gpuMilli}`;
}

type Alike = { readonly known: number; readonly demand: Demand; readonly all: Placed[] };

/** What is placed, by what it takes of GPUs, then by demand; of each the one on the machine with the most CPU first. */
function byDemand(engine: Engine, held: readonly Placed[][]): Map<string, Alike[]> {
  const byKnown = new Map<number, Placed[]>();
  for (const placed of held.flat()) {
    const all = byKnown.get(placed.known);
    if (all === undefined) byKnown.set(placed.known, [placed]);
    else all.push(placed);
  }
  const free = ({ place }: Placed) => (engine.seats[place.rank] as Seat).cpuMilli;
  const byGpus = new Map<string, Alike[]>();
  for (const [known, all] of [...byKnown].sort(([a], [b]) => a - b)) {
    const demand = engine.demandOf(known);
    all.sort((a, b) => free(b) - free(a) || a.place.rank - b.place.rank);
    const key = gpusOf(demand);
    byGpus.set(key, [...(byGpus.get(key) ?? []), { known, demand, all }]);
  }
  return byGpus;
}

/** Takes what a demand needs of a machine that it fits; of parts, the fullest GPU's. */
function putOn(engine: Engine, known: number, rank: number): Place {
  const { gpuCount, gpuMilli } = engine.demandOf(known);
  const { shape } = engine.seats[rank] as Seat;
  const part = gpuCount > 0 && gpuMilli < WHOLE_GPU_MILLI;
  const amount = part ? (shape.amounts.find((each) => each >= gpuMilli) ?? WHOLE_GPU_MILLI) : WHOLE_GPU_MILLI;
  return engine.take(known, rank, gpuCount === 0 ? 0 : amount);
}

/** Takes again what was given back: of its machine as many GPUs with as much free, were they others. */
function putBack(engine: Engine, known: number, { rank, gpus }: Place): Place {
  const [gpu] = gpus;
  return engine.take(known, rank, gpu === undefined ? 0 : ((engine.seats[rank] as Seat).gpuMilli[gpu] as number));
}

function settle(held: readonly Placed[][], placed: Placed, place: Place): void {
  const before = held[placed.place.rank];
  before?.splice(before.indexOf(placed), 1);
  placed.place = place;
  held[place.rank]?.push(placed);
}

/** What would be free of a machine if something on it were gone. */
function roomWithout(seat: Seat, demand: Demand, place: Place): Room {
  return {
    cpuMilli: seat.cpuMilli + demand.cpuMilli,
    memoryBytes: seat.memoryBytes + demand.memoryBytes,
    diskBytes: seat.diskBytes + demand.diskBytes,
    gpuMilli: seat.gpuMilli.map((milli, gpu) => (place.gpus.includes(gpu) ? milli + demand.gpuMilli : milli)),
  };
}
