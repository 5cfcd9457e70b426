import { Changes } from './changes.ts';
import { whyNever, whyTaken } from './fit.ts';
import { type Forecast, forecast, isWanted } from './forecast.ts';
import { Fragments } from './fragment.ts';
import { BLOCK, blocksOf, type Kept, lookUp, NO_SCORE, newRated, type Rated, warmUp } from './kept.ts';
import { Outlook } from './outlook.ts';
import { fragmentsTerm, POINT, type Policy, plannedTerm, WEIGHTS, type Weights } from './score.ts';
import type { Seat } from './seat.ts';
import { type Shape, Shapes } from './shape.ts';
import { type Demand, demandKey, type Expected, type Machine, WHOLE_GPU_MILLI } from './snapshot.ts';

/** Where something was put: the machine's rank and which of its GPUs. */
export type Place = { readonly rank: number; readonly gpus: readonly number[] };

/**
 * Places demands one by one on machines that are kept in memory. Each machine's score is remembered for what a demand
 * takes of it, and asked again only when the machine changed or the outlook was renewed. Ties go to the machine of the
 * lowest rank. What fits somewhere is placed.
 */
export class Engine {
  readonly seats: readonly Seat[];
  /** Ranks by slot. */
  readonly #ranks: Int32Array;
  readonly #weights: Weights;
  readonly #shapes = new Shapes();
  readonly #forecast: Forecast;
  readonly #fragments: Fragments;
  readonly #scale: number;
  readonly #outlook: Outlook | null;
  readonly #kept: Kept[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #rated = new Map<string, Rated>();
  readonly #warm: Rated[] = [];
  readonly #mostWays: number;
  readonly #changes: Changes;
  readonly #barred: Uint8Array;
  /** The way that the last `choose` found. */
  #amount = 0;

  /** `machines` in order of rank. */
  constructor(machines: readonly Machine[], expected: readonly Expected[], policy: Policy) {
    this.#weights = WEIGHTS[policy];
    this.#forecast = forecast(machines, expected);
    const { kinds, examples, kindOf, alike } = this.#forecast;
    this.#fragments = new Fragments(expected, kinds, (kind, demand) => isWanted(examples[kind] as Machine, demand));
    this.#scale = Math.max(1, this.#fragments.total) * WHOLE_GPU_MILLI;
    this.#ranks = Int32Array.from(machines, (_, rank) => rank).sort(
      (a, b) => (alike.of[a] as number) - (alike.of[b] as number) || a - b,
    );
    const slots = new Int32Array(machines.length);
    this.#ranks.forEach((rank, slot) => {
      slots[rank] = slot;
    });
    this.seats = machines.map((machine, rank) =>
      this.#seat(machine, rank, slots[rank] as number, kindOf[rank] as number),
    );
    this.#changes = new Changes(machines.length);
    this.#barred = new Uint8Array(machines.length);
    this.#mostWays = policy === 'fragmentsOnly' ? 1 : Math.max(1, ...machines.map((each) => each.free.gpuMilli.length));
    this.#outlook = policy === 'fragmentsOnly' ? null : new Outlook(this.#forecast, this.seats, this.#weights);
  }

  #seat(machine: Machine, rank: number, slot: number, kind: number): Seat {
    const { free } = machine;
    const shape = this.#shapes.of(free.gpuMilli);
    const cpuStep = this.#fragments.cpuStep(free.cpuMilli);
    return {
      machine,
      rank,
      slot,
      kind,
      cpuMilli: free.cpuMilli,
      memoryBytes: free.memoryBytes,
      diskBytes: free.diskBytes,
      gpuMilli: [...free.gpuMilli],
      shape,
      cpuStep,
      fragments: this.#fragments.of(shape, kind, cpuStep),
    };
  }

  /** A number by which a demand is known from now on. */
  know(demand: Demand): number {
    const key = demandKey(demand);
    let at = this.#indexOf.get(key);
    if (at !== undefined) return at;
    at = this.#kept.length;
    this.#indexOf.set(key, at);
    const { alike } = this.#forecast;
    const possible = new Uint8Array(this.seats.length);
    const possibleBlocks = new Uint8Array(blocksOf(possible.length));
    let from = 0;
    for (const machine of alike.examples) {
      const group = alike.of[this.#ranks[from] as number];
      let to = from + 1;
      while (to < possible.length && alike.of[this.#ranks[to] as number] === group) to += 1;
      if (whyNever(machine, demand) === null) {
        possible.fill(1, from, to);
        possibleBlocks.fill(1, from >> BLOCK, blocksOf(to));
      }
      from = to;
    }
    const flow = this.#outlook?.flowOf(demand) ?? -1;
    this.#kept.push({ demand, flow, possible, possibleBlocks, rated: this.#ratedOf(demand) });
    return at;
  }

  /** The ratings of all demands that take the same of a machine; of memory and disk where a score looks at them. */
  #ratedOf(demand: Demand): Rated {
    const { gpuCount, gpuMilli, cpuMilli, memoryBytes, diskBytes } = demand;
    const key = [gpuCount, gpuMilli, cpuMilli, ...(gpuCount > 0 ? [] : [memoryBytes, diskBytes])].join();
    let rated = this.#rated.get(key);
    if (rated === undefined) {
      rated = newRated(demand, this.#shapes.sizeOf(gpuMilli));
      this.#rated.set(key, rated);
    }
    return rated;
  }

  demandOf(known: number): Demand {
    return (this.#kept[known] as Kept).demand;
  }

  /** Places a known demand that arrives on the best machine, or says null: nothing fits. */
  place(known: number): Place | null {
    this.#outlook?.arrive();
    return this.put(known);
  }

  /** The same without an arrival: something is placed again. */
  put(known: number): Place | null {
    const rank = this.choose(known);
    return rank < 0 ? null : this.take(known, rank, this.#amount);
  }

  /** The rank of the machine with the best score, -1 where none fits. */
  choose(known: number): number {
    const kept = this.#kept[known] as Kept;
    const { demand, rated, flow, possibleBlocks } = kept;
    this.#refresh(rated);
    const { ways, scores, amounts } = rated;
    const ranks = this.#ranks;
    const most = this.#mostWays;
    const outlook = flow < 0 ? null : this.#outlook;
    const wish = this.#weights.planned * POINT;
    const planned = outlook === null ? 0 : Math.ceil(wish * plannedTerm(1, outlook.mostClosing));
    let best = -1;
    let bestScore = NO_SCORE;
    for (let block = 0; block < possibleBlocks.length; block += 1) {
      if (possibleBlocks[block] === 0) continue;
      if (rated.stale[block] === 1) lookUp(rated, block, most, ranks);
      const blockScore = rated.bestScore[block] as number;
      if (blockScore === NO_SCORE || blockScore + planned < bestScore) continue;
      const hope = rated.bestSlot[block] as number;
      if (outlook === null && blockScore === bestScore && (ranks[hope] as number) > best) continue;
      // Without a plan the block's best is the one, if it fits.
      const isHopeRight = outlook === null && this.#fits(kept, hope);
      const from = isHopeRight ? hope : block << BLOCK;
      const end = isHopeRight ? hope + 1 : Math.min((block + 1) << BLOCK, ways.length);
      for (let slot = from; slot < end; slot += 1) {
        const rank = ranks[slot] as number;
        const last = slot * most + (ways[slot] as number);
        let isChecked = isHopeRight;
        for (let way = slot * most; way < last; way += 1) {
          let score = scores[way] as number;
          if (score + planned < bestScore) continue;
          if (outlook !== null) {
            const { kind } = this.seats[rank] as Seat;
            const amount = amounts[way] as number;
            const wanted = outlook.wanted(flow, kind, amount);
            if (wanted > 0)
              score += Math.round(wish * plannedTerm(wanted, outlook.closes(kind, amount, demand.gpuMilli)));
          }
          if (score < bestScore || (score === bestScore && rank >= best)) continue;
          if (!isChecked && !this.#fits(kept, slot)) break;
          isChecked = true;
          bestScore = score;
          best = rank;
          this.#amount = amounts[way] as number;
        }
      }
    }
    return best;
  }

  #fits({ demand, possible }: Kept, slot: number): boolean {
    return possible[slot] === 1 && whyTaken(this.seats[this.#ranks[slot] as number] as Seat, demand) === null;
  }

  /** Takes what a known demand needs of a machine where it fits; of a part, from a GPU with that amount free. */
  take(known: number, rank: number, amount: number): Place {
    const { demand, flow } = this.#kept[known] as Kept;
    const seat = this.seats[rank] as Seat;
    const gpus: number[] = [];
    const from = demand.gpuMilli === WHOLE_GPU_MILLI ? WHOLE_GPU_MILLI : amount;
    for (let at = 0; at < seat.gpuMilli.length && gpus.length < demand.gpuCount; at += 1) {
      if (seat.gpuMilli[at] !== from) continue;
      seat.gpuMilli[at] = from - demand.gpuMilli;
      gpus.push(at);
    }
    seat.cpuMilli -= demand.cpuMilli;
    seat.memoryBytes -= demand.memoryBytes;
    seat.diskBytes -= demand.diskBytes;
    this.#outlook?.taken(flow, seat, from);
    this.#changed(seat, this.#shapes.after(seat.shape, demand, from));
    return { rank, gpus };
  }

  /** Gives back what a known demand took. */
  release(known: number, { rank, gpus }: Place): void {
    const { demand, flow } = this.#kept[known] as Kept;
    const seat = this.seats[rank] as Seat;
    for (const gpu of gpus) seat.gpuMilli[gpu] = (seat.gpuMilli[gpu] as number) + demand.gpuMilli;
    seat.cpuMilli += demand.cpuMilli;
    seat.memoryBytes += demand.memoryBytes;
    seat.diskBytes += demand.diskBytes;
    if (gpus[0] !== undefined) this.#outlook?.released(flow, seat, seat.gpuMilli[gpus[0]] as number);
    this.#changed(seat, this.#shapes.of(seat.gpuMilli));
  }

  /** What all that is free is worth by the plan, in thousandths of GPUs; 0 without a plan. */
  worthMilli(): number {
    return this.#outlook?.worthMilli() ?? 0;
  }

  /** Bars a machine from everybody, or lets it in again. */
  bar(rank: number, barred: boolean): void {
    this.#barred[rank] = barred ? 1 : 0;
    this.#changes.note(rank);
  }

  isBarred(rank: number): boolean {
    return this.#barred[rank] === 1;
  }

  /** Whether a known demand fits the machine when it is empty. */
  isPossible(known: number, rank: number): boolean {
    return (this.#kept[known] as Kept).possible[(this.seats[rank] as Seat).slot] === 1;
  }

  #changed(seat: Seat, shape: Shape): void {
    seat.shape = shape;
    seat.cpuStep = this.#fragments.cpuStep(seat.cpuMilli);
    seat.fragments = this.#fragments.of(shape, seat.kind, seat.cpuStep);
    this.#outlook?.changed(seat);
    this.#changes.note(seat.rank);
  }

  #refresh(rated: Rated): void {
    const epoch = this.#outlook?.epoch ?? 0;
    if (rated.ways.length === 0) warmUp(rated, this.seats.length, this.#mostWays, this.#warm);
    if (rated.epoch !== epoch || this.#changes.count - rated.seen >= this.seats.length)
      for (const seat of this.seats) this.#rate(rated, seat);
    else this.#changes.since(rated.seen, (rank) => this.#rate(rated, this.seats[rank] as Seat));
    rated.seen = this.#changes.count;
    rated.epoch = epoch;
  }

  #rate(rated: Rated, seat: Seat): void {
    const { demand } = rated;
    const { rank, slot, shape } = seat;
    rated.ways[slot] = 0;
    rated.stale[slot >> BLOCK] = 1;
    const parts = demand.gpuCount > 0 && demand.gpuMilli < WHOLE_GPU_MILLI;
    const most = parts ? (shape.amounts.at(-1) ?? 0) : shape.wholeGpus;
    if (most < (parts ? demand.gpuMilli : demand.gpuCount) || seat.cpuMilli < demand.cpuMilli) return;
    if (this.#barred[rank] === 1) return;
    const cpuStep = this.#fragments.cpuStep(seat.cpuMilli - demand.cpuMilli);
    const outlook = this.#outlook;
    const first = slot * this.#mostWays;
    let ways = 0;
    for (let at = 0; at < (parts ? shape.amounts.length : 1); at += 1) {
      const amount = parts ? (shape.amounts[at] as number) : demand.gpuCount === 0 ? 0 : WHOLE_GPU_MILLI;
      if (parts && amount < demand.gpuMilli) continue;
      const next = parts ? this.#shapes.afterPart(shape, at, rated.size) : this.#shapes.after(shape, demand, amount);
      const after = this.#fragments.of(next, seat.kind, cpuStep);
      let score = this.#weights.fragments * POINT * fragmentsTerm(seat.fragments, after, this.#scale);
      if (outlook === null) {
        // Of two GPUs that score the same the fuller one is taken.
        if (ways === 1 && score <= (rated.scores[first] as number)) continue;
        ways = 0;
      } else score += outlook.gain(seat, demand, amount);
      rated.scores[first + ways] = score;
      rated.amounts[first + ways] = amount;
      ways += 1;
    }
    rated.ways[slot] = ways;
  }
}
