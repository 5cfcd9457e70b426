import type { Engine, Place } from './engine.ts';
import { whyTaken } from './fit.ts';
import type { Room } from './snapshot.ts';

/** Something that was placed: the demand as the engine knows it, and where it is. */
export type Placed = { readonly known: number; place: Place };

/** So many candidates are tried before a request is left waiting. */
const MOST_TRIES = 16;

/**
 * Moves one placed thing to another machine so that a demand fits that fits nowhere; of all that would do, the one with
 * the fewest GPUs. `held` lists by rank what is placed; it is kept up to date. False, and nothing moved, where no
 * single move helps.
 */
export function makeRoom(engine: Engine, held: readonly Placed[][], known: number): boolean {
  const demand = engine.demandOf(known);
  const candidates: Placed[] = [];
  for (const { rank } of engine.seats) {
    if (!engine.isPossible(known, rank)) continue;
    for (const placed of held[rank] ?? [])
      if (whyTaken(roomWithout(engine, placed), demand) === null) candidates.push(placed);
  }
  const milli = ({ known: other }: Placed) => engine.demandOf(other).gpuCount * engine.demandOf(other).gpuMilli;
  candidates.sort((a, b) => milli(a) - milli(b) || a.place.rank - b.place.rank);
  /** Demands that fit on no other machine, by the machine they are on. */
  const stuck = new Set<string>();
  for (const placed of candidates) {
    const { rank } = placed.place;
    const key = `${placed.known}/${rank}`;
    if (stuck.has(key)) continue;
    if (stuck.size >= MOST_TRIES) return false;
    engine.bar(rank, true);
    const next = engine.put(placed.known);
    if (next !== null) {
      engine.release(placed.known, placed.place);
      held[rank]?.splice(held[rank].indexOf(placed), 1);
      placed.place = next;
      held[next.rank]?.push(placed);
    }
    engine.bar(rank, false);
    if (next !== null) return true;
    stuck.add(key);
  }
  return false;
}

/** What would be free of a machine if something on it were gone. */
function roomWithout(engine: Engine, { known, place }: Placed): Room {
  const seat = engine.seats[place.rank] as Room;
  const demand = engine.demandOf(known);
  return {
    cpuMilli: seat.cpuMilli + demand.cpuMilli,
    memoryBytes: seat.memoryBytes + demand.memoryBytes,
    diskBytes: seat.diskBytes + demand.diskBytes,
    gpuMilli: seat.gpuMilli.map((milli, gpu) => (place.gpus.includes(gpu) ? milli + demand.gpuMilli : milli)),
  };
}
