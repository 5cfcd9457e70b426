import { whyTaken } from './fit.ts';
import { cell, FlowModel, type Flows, GRAINS } from './flow.ts';
import { type Forecast, flowKey, flowKeyOf, freeGrains } from './forecast.ts';
import { type Big, bigDemands, keepReserve } from './reserve.ts';
import { POINT, shortfallTerm, type Weights } from './score.ts';
import type { Seat } from './seat.ts';
import { type Demand, WHOLE_GPU_MILLI } from './snapshot.ts';

/** The plan is made anew after so many arrivals. */
const RENEW_EVERY = 50;
/** A renewed plan's prices count this much, the older ones the rest. */
const FRESH = 0.15;
/** This share of the capacity is not planned for: what nobody will fit. */
const MARGIN = 0.02;
/** A machine's need of CPU varies at least by so many cores, whatever the plan says. */
const BASE_VARIANCE = 25;
const CELLS = GRAINS + 1;

/**
 * What the expected demand makes of what is free: a flow plan, renewed now and then, and from it what each free part of
 * a GPU is worth, how much CPU it will need, and which empty machines are kept for demands that need one.
 */
export class Outlook {
  /** Grows when prices change: whatever was computed from them is out of date. */
  epoch = 0;
  /** The most that `closes` answers now. */
  mostClosing = 0;
  readonly #forecast: Forecast;
  readonly #seats: readonly Seat[];
  readonly #weights: Weights;
  readonly #model: FlowModel;
  readonly #flowIndex: ReadonlyMap<string, number>;
  readonly #cells: number;
  #wanted: Float64Array;
  readonly #refused: Float64Array;
  readonly #worth: Float64Array;
  readonly #need: Float64Array;
  readonly #variance: Float64Array;
  readonly #seatNeed: Float64Array;
  readonly #seatVariance: Float64Array;
  #keptFor: Int16Array;
  readonly #seatShortfall: Float64Array;
  readonly #big: readonly Big[];
  readonly #capacityMilli: number;
  #arrivals = 0;
  #solved = 0;

  constructor(forecast: Forecast, seats: readonly Seat[], weights: Weights) {
    this.#forecast = forecast;
    this.#seats = seats;
    this.#weights = weights;
    this.#model = new FlowModel(forecast.flowDemands, forecast.gpus);
    this.#flowIndex = new Map(forecast.flowDemands.map((flow, at) => [flowKeyOf(flow), at]));
    this.#cells = forecast.kinds * CELLS;
    this.#wanted = new Float64Array(forecast.flowDemands.length * this.#cells);
    this.#refused = new Float64Array(this.#cells);
    this.#worth = new Float64Array(this.#cells);
    this.#need = new Float64Array(this.#cells);
    this.#variance = new Float64Array(this.#cells);
    this.#seatNeed = new Float64Array(seats.length);
    this.#seatVariance = new Float64Array(seats.length);
    this.#seatShortfall = new Float64Array(seats.length);
    this.#keptFor = new Int16Array(seats.length).fill(-1);
    this.#capacityMilli = seats.reduce(
      (sum, { machine }) => sum + machine.capacity.gpuMilli.length * WHOLE_GPU_MILLI,
      0,
    );
    const share = forecast.totalCount === 0 ? 0 : 1 / forecast.totalCount;
    this.#big = bigDemands(
      forecast.expected.map(({ demand, count }) => ({ demand, count: count * share })),
      seats.map(({ machine }) => machine),
    );
  }

  /** The flow demand of a demand; -1 where it has none. */
  flowOf(demand: Demand): number {
    const key = flowKey(demand, this.#forecast.examples, this.#forecast.plannedSize);
    return key === null ? -1 : (this.#flowIndex.get(key) ?? -1);
  }

  #rest(milli: number): number {
    return this.#model.rests[freeGrains(milli)] as number;
  }

  /** Somebody asks: time to look ahead again, now and then. */
  arrive(): void {
    if (this.#arrivals % RENEW_EVERY === 0) this.#renew();
    this.#arrivals += 1;
  }

  /** How many more of a flow demand the plan wants on a GPU of that kind with so much free. */
  wanted(flow: number, kind: number, amount: number): number {
    return this.#wanted[flow * this.#cells + kind * CELLS + this.#rest(amount)] as number;
  }

  /**
   * Of the demands that a GPU with so much free could take, the largest share that the plan refuses of any size, less
   * the same once `milli` more of it is taken: from 0 to 1.
   */
  closes(kind: number, amount: number, milli: number): number {
    const refused = this.#refused;
    return (
      (refused[cell(kind, this.#rest(amount))] as number) - (refused[cell(kind, this.#rest(amount - milli))] as number)
    );
  }

  /** What all that is free is worth by the plan, in thousandths of GPUs. */
  worthMilli(): number {
    let gpus = 0;
    for (const { kind, shape } of this.#seats)
      for (const milli of shape.free) gpus += this.#worth[cell(kind, this.#rest(milli))] as number;
    return Math.round(gpus * WHOLE_GPU_MILLI);
  }

  /** The plan wants one less there. */
  taken(flow: number, seat: Seat, amount: number): void {
    if (flow < 0) return;
    const at = flow * this.#cells + cell(seat.kind, this.#rest(amount));
    this.#wanted[at] = (this.#wanted[at] as number) - 1;
  }

  /** And one more again. */
  released(flow: number, seat: Seat, amount: number): void {
    if (flow < 0) return;
    const at = flow * this.#cells + cell(seat.kind, this.#rest(amount));
    this.#wanted[at] = (this.#wanted[at] as number) + 1;
  }

  /** What is free of a machine changed. */
  changed(seat: Seat): void {
    let need = 0;
    let variance = 0;
    for (const milli of seat.shape.free) {
      const at = cell(seat.kind, this.#rest(milli));
      need += this.#need[at] as number;
      variance += this.#variance[at] as number;
    }
    this.#seatNeed[seat.rank] = need;
    this.#seatVariance[seat.rank] = variance;
    this.#seatShortfall[seat.rank] = this.#shortfall(need, variance, seat.cpuMilli);
  }

  #shortfall(need: number, variance: number, cpuMilli: number): number {
    return shortfallTerm(this.#weights.shortfallMean * need, BASE_VARIANCE + variance, cpuMilli / 1000);
  }

  /**
   * What a demand taking a GPU with that amount free does to the machine's worth, its CPU and the reserve; thousandths
   * of points.
   */
  gain(seat: Seat, demand: Demand, amount: number): number {
    const { rank, kind } = seat;
    let worth = 0;
    let need = this.#seatNeed[rank] as number;
    let variance = this.#seatVariance[rank] as number;
    if (demand.gpuCount > 0) {
      const from = cell(kind, this.#rest(amount));
      const to = cell(kind, this.#rest(amount - demand.gpuMilli));
      worth = demand.gpuCount * ((this.#worth[to] as number) - (this.#worth[from] as number));
      need += demand.gpuCount * ((this.#need[to] as number) - (this.#need[from] as number));
      variance += demand.gpuCount * ((this.#variance[to] as number) - (this.#variance[from] as number));
    }
    const cpuMilli = seat.cpuMilli - demand.cpuMilli;
    const shortfall = this.#shortfall(need, Math.max(0, variance), cpuMilli) - (this.#seatShortfall[rank] as number);
    const { worth: perWorth, shortfall: perCore, reserve } = this.#weights;
    let points = perWorth * worth - perCore * shortfall;
    const keptFor = this.#keptFor[rank] as number;
    if (keptFor >= 0) {
      const { demand: kept } = this.#big[keptFor] as Big;
      const spoils =
        demand.gpuCount > 0 ||
        cpuMilli < kept.cpuMilli ||
        seat.memoryBytes - demand.memoryBytes < kept.memoryBytes ||
        seat.diskBytes - demand.diskBytes < kept.diskBytes;
      if (spoils && whyTaken(seat, kept) === null) points -= reserve;
    }
    return Math.round(points * POINT);
  }

  #renew(): void {
    const { flowDemands, totalCount, meanGpuMilli } = this.#forecast;
    const free = this.#countFree();
    const margin = MARGIN * this.#capacityMilli;
    const arrivals = Math.max(this.#freeMilli() - margin, margin) / meanGpuMilli;
    const expected = Float64Array.from(flowDemands, ({ count }) => (count * arrivals) / totalCount);
    const { keptFor, hoped } = keepReserve(
      this.#big,
      arrivals,
      this.#seats.length,
      (rank, demand) => whyTaken(this.#seats[rank] as Seat, demand) === null,
    );
    this.#keptFor = keptFor;
    this.#big.forEach(({ demand, count }, at) => {
      const flow = this.flowOf(demand);
      if (flow < 0) return;
      expected[flow] = (expected[flow] as number) - count * arrivals + (hoped[at] as number);
    });
    const flows = this.#model.solve(expected, free);
    if (flows === null) return;
    this.#wanted = flows.wanted;
    this.#refuse(expected, flows);
    this.#learn(flows);
    this.#solved += 1;
    this.epoch += 1;
    for (const seat of this.#seats) this.changed(seat);
  }

  /** For each rest the largest share that the plan refuses of any size that fits; of demands for one GPU or a part. */
  #refuse(expected: Float64Array, flows: Flows): void {
    const { kinds, flowDemands } = this.#forecast;
    this.mostClosing = 0;
    for (let kind = 0; kind < kinds; kind += 1) {
      const asked = new Float64Array(CELLS);
      const accepted = new Float64Array(CELLS);
      flowDemands.forEach((flow, at) => {
        if (flow.gpuCount > 1 || !flow.kinds.includes(kind)) return;
        const { size } = flow;
        asked[size] = (asked[size] as number) + (expected[at] as number);
        for (const each of flow.kinds)
          accepted[size] = (accepted[size] as number) + (flows.accepted[at * kinds + each] as number);
      });
      let most = 0;
      for (let grains = 0; grains <= GRAINS; grains += 1) {
        const all = asked[grains] as number;
        if (all > 0) most = Math.max(most, 1 - (accepted[grains] as number) / all);
        this.#refused[cell(kind, grains)] = most;
      }
      this.mostClosing = Math.max(this.mostClosing, most);
    }
  }

  #freeMilli(): number {
    return this.#seats.reduce((sum, { shape }) => sum + shape.totalMilli, 0);
  }

  /**
   * GPUs by kind and what is free of them; those whose machine has not CPU enough for what they will need count for
   * less.
   */
  #countFree(): Float64Array {
    const free = new Float64Array(this.#cells);
    for (const seat of this.#seats) {
      const need = this.#seatNeed[seat.rank] as number;
      const weight = need <= 0 ? 1 : Math.max(0, Math.min(1, seat.cpuMilli / 1000 / need));
      for (const milli of seat.shape.free) {
        const at = cell(seat.kind, this.#rest(milli));
        free[at] = (free[at] as number) + weight;
      }
    }
    return free;
  }

  /** Follows the flows from the smallest rest up: the CPU that a GPU's rest will need, and how far that may be off. */
  #learn(flows: Flows): void {
    const { kinds, flowDemands, cpuMean, cpuSquare } = this.#forecast;
    const fresh = this.#solved === 0 ? 1 : FRESH;
    const mix = (old: Float64Array, at: number, value: number) => {
      old[at] = (1 - fresh) * (old[at] as number) + fresh * value;
    };
    for (let kind = 0; kind < kinds; kind += 1) {
      const mean = new Float64Array(CELLS);
      const square = new Float64Array(CELLS);
      const weight = new Float64Array(CELLS);
      flowDemands.forEach((flow, at) => {
        const count = (flows.accepted[at * kinds + kind] as number) * flow.gpuCount;
        weight[flow.size] = (weight[flow.size] as number) + count;
        mean[flow.size] = (mean[flow.size] as number) + count * (cpuMean[at] as number);
        square[flow.size] = (square[flow.size] as number) + count * (cpuSquare[at] as number);
      });
      const need = new Float64Array(CELLS);
      const second = new Float64Array(CELLS);
      for (let grains = 1; grains <= GRAINS; grains += 1) {
        const parts = (flows.from[cell(kind, grains)] ?? []).filter(({ size }) => (weight[size] as number) > 0);
        const all = parts.reduce((sum, { flow }) => sum + flow, 0);
        if (all === 0) {
          need[grains] = need[grains - 1] as number;
          second[grains] = second[grains - 1] as number;
          continue;
        }
        for (const { size, flow } of parts) {
          const share = flow / all;
          const m1 = (mean[size] as number) / (weight[size] as number);
          const m2 = (square[size] as number) / (weight[size] as number);
          const rest = need[grains - size] as number;
          need[grains] = (need[grains] as number) + share * (m1 + rest);
          second[grains] =
            (second[grains] as number) + share * (m2 + 2 * m1 * rest + (second[grains - size] as number));
        }
      }
      for (let grains = 0; grains <= GRAINS; grains += 1) {
        const at = cell(kind, grains);
        mix(this.#need, at, need[grains] as number);
        mix(this.#variance, at, Math.max(0, (second[grains] as number) - (need[grains] as number) ** 2));
        mix(this.#worth, at, flows.worth[at] as number);
      }
    }
  }
}
