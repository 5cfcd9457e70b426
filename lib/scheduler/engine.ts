import { whyNever, whyTaken } from './fit.ts';
import { type Forecast, forecast, isWanted } from './forecast.ts';
import { Fragments } from './fragment.ts';
import { BLOCK, type Kept, lookUp, newKept, warmUp } from './kept.ts';
import { Outlook } from './outlook.ts';
import { fragmentsTerm, POINT, type Policy, plannedTerm, WEIGHTS, type Weights } from './score.ts';
import { type Shape, Shapes } from './shape.ts';
import { type Demand, demandKey, type Expected, type Machine, WHOLE_GPU_MILLI } from './snapshot.ts';

/** A machine while a plan is made: what is free of it changes. */
export type Seat = {
  readonly machine: Machine;
  readonly rank: number;
  readonly kind: number;
  cpuMilli: number;
  memoryBytes: number;
  diskBytes: number;
  readonly gpuMilli: number[];
  shape: Shape;
  cpuStep: number;
  fragments: number;
};

/** Where something was put: the machine's rank and which of its GPUs. */
export type Place = { readonly rank: number; readonly gpus: readonly number[] };

/**
 * Places demands one by one on machines that are kept in memory. Each machine's score is remembered per demand and
 * asked again only when the machine changed or the outlook was renewed. Ties go to the machine of the lowest rank. What
 * fits somewhere is placed.
 */
export class Engine {
  readonly seats: readonly Seat[];
  readonly #weights: Weights;
  readonly #shapes = new Shapes();
  readonly #forecast: Forecast;
  readonly #fragments: Fragments;
  readonly #scale: number;
  readonly #outlook: Outlook | null;
  readonly #kept: Kept[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #warm: Kept[] = [];
  readonly #mostWays: number;
  #changes: Int32Array = new Int32Array(1024);
  #changeCount = 0;
  readonly #lastChange: Int32Array;
  readonly #barred: Uint8Array;
  /** The way that the last `choose` found. */
  #amount = 0;

  /** `machines` in order of rank. */
  constructor(machines: readonly Machine[], expected: readonly Expected[], policy: Policy) {
    this.#weights = WEIGHTS[policy];
    this.#forecast = forecast(machines, expected);
    const { kinds, examples, kindOf } = this.#forecast;
    this.#fragments = new Fragments(expected, kinds, (kind, demand) => isWanted(examples[kind] as Machine, demand));
    this.#scale = Math.max(1, this.#fragments.total) * WHOLE_GPU_MILLI;
    this.seats = machines.map((machine, rank) => this.#seat(machine, rank, kindOf[rank] as number));
    this.#lastChange = new Int32Array(machines.length).fill(-1);
    this.#barred = new Uint8Array(machines.length);
    this.#mostWays = policy === 'fragmentsOnly' ? 1 : Math.max(1, ...machines.map((each) => each.free.gpuMilli.length));
    this.#outlook = policy === 'fragmentsOnly' ? null : new Outlook(this.#forecast, this.seats, this.#weights);
  }

  #seat(machine: Machine, rank: number, kind: number): Seat {
    const { free } = machine;
    const shape = this.#shapes.of(free.gpuMilli);
    const cpuStep = this.#fragments.cpuStep(free.cpuMilli);
    return {
      machine,
      rank,
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
    const verdicts = alike.examples.map((machine) => (whyNever(machine, demand) === null ? 1 : 0));
    const possible = new Uint8Array(this.seats.length);
    for (let rank = 0; rank < possible.length; rank += 1) possible[rank] = verdicts[alike.of[rank] as number] as number;
    const flow = this.#outlook?.flowOf(demand) ?? -1;
    this.#kept.push(newKept(demand, flow, this.#shapes.sizeOf(demand.gpuMilli), possible));
    return at;
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
    this.#refresh(kept);
    const { ways, scores, amounts } = kept;
    const most = this.#mostWays;
    const seats = this.seats;
    let best = -1;
    let bestScore = -2147483648;
    const outlook = this.#outlook;
    if (outlook === null) {
      for (let block = 0; block < kept.stale.length; block += 1) {
        if (kept.stale[block] === 1) lookUp(kept, block);
        const rank = kept.bestOfBlock[block] as number;
        if (rank < 0 || (scores[rank] as number) <= bestScore) continue;
        bestScore = scores[rank] as number;
        best = rank;
      }
      this.#amount = amounts[best] ?? 0;
      return best;
    }
    const planned = this.#weights.planned * POINT;
    for (let rank = 0; rank < ways.length; rank += 1) {
      const from = rank * most;
      const end = from + (ways[rank] as number);
      for (let way = from; way < end; way += 1) {
        const wanted =
          kept.flow < 0 ? 0 : outlook.wanted(kept.flow, (seats[rank] as Seat).kind, amounts[way] as number);
        const score = (scores[way] as number) + Math.round(planned * plannedTerm(wanted));
        if (score > bestScore) {
          bestScore = score;
          best = rank;
          this.#amount = amounts[way] as number;
        }
      }
    }
    return best;
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

  /** Bars a machine from everybody, or lets it in again. */
  bar(rank: number, barred: boolean): void {
    this.#barred[rank] = barred ? 1 : 0;
    this.#note(rank);
  }

  isBarred(rank: number): boolean {
    return this.#barred[rank] === 1;
  }

  /** Whether a known demand fits the machine when it is empty. */
  isPossible(known: number, rank: number): boolean {
    return (this.#kept[known] as Kept).possible[rank] === 1;
  }

  #changed(seat: Seat, shape: Shape): void {
    seat.shape = shape;
    seat.cpuStep = this.#fragments.cpuStep(seat.cpuMilli);
    seat.fragments = this.#fragments.of(shape, seat.kind, seat.cpuStep);
    this.#outlook?.changed(seat);
    this.#note(seat.rank);
  }

  #note(rank: number): void {
    if (this.#changeCount === this.#changes.length) {
      const longer = new Int32Array(this.#changes.length * 2);
      longer.set(this.#changes);
      this.#changes = longer;
    }
    this.#lastChange[rank] = this.#changeCount;
    this.#changes[this.#changeCount] = rank;
    this.#changeCount += 1;
  }

  #refresh(kept: Kept): void {
    const epoch = this.#outlook?.epoch ?? 0;
    if (kept.ways.length === 0) warmUp(kept, this.#mostWays, this.#warm);
    if (kept.epoch !== epoch || this.#changeCount - kept.seen >= this.seats.length) {
      for (let rank = 0; rank < this.seats.length; rank += 1) this.#rate(kept, this.seats[rank] as Seat);
    } else {
      for (let at = kept.seen; at < this.#changeCount; at += 1) {
        const rank = this.#changes[at] as number;
        if (this.#lastChange[rank] === at) this.#rate(kept, this.seats[rank] as Seat);
      }
    }
    kept.seen = this.#changeCount;
    kept.epoch = epoch;
  }

  #rate(kept: Kept, seat: Seat): void {
    const { demand } = kept;
    const { rank, shape } = seat;
    kept.ways[rank] = 0;
    kept.stale[rank >> BLOCK] = 1;
    if (kept.possible[rank] === 0 || this.#barred[rank] === 1 || whyTaken(seat, demand) !== null) return;
    const cpuStep = this.#fragments.cpuStep(seat.cpuMilli - demand.cpuMilli);
    const outlook = this.#outlook;
    const first = rank * this.#mostWays;
    const parts = demand.gpuCount > 0 && demand.gpuMilli < WHOLE_GPU_MILLI;
    let ways = 0;
    for (let at = 0; at < (parts ? shape.amounts.length : 1); at += 1) {
      const amount = parts ? (shape.amounts[at] as number) : demand.gpuCount === 0 ? 0 : WHOLE_GPU_MILLI;
      if (parts && amount < demand.gpuMilli) continue;
      const next = parts ? this.#shapes.afterPart(shape, at, kept.size) : this.#shapes.after(shape, demand, amount);
      const after = this.#fragments.of(next, seat.kind, cpuStep);
      let score = this.#weights.fragments * POINT * fragmentsTerm(seat.fragments, after, this.#scale);
      if (outlook === null) {
        // Of two GPUs that score the same the fuller one is taken.
        if (ways === 1 && score <= (kept.scores[first] as number)) continue;
        ways = 0;
      } else score += outlook.gain(seat, demand, amount);
      kept.scores[first + ways] = score;
      kept.amounts[first + ways] = amount;
      ways += 1;
    }
    kept.ways[rank] = ways;
  }
}
