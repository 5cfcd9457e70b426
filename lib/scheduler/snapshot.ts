import type { Micros } from '#lib/base/money.ts';

/**
 * A whole GPU. Fractions are thousandths of one; the market rents whole GPUs, hosts with partitions may offer parts.
 */
export const WHOLE_GPU_MILLI = 1000;

/** What is free on a machine. Sizes are numbers: bytes stay far below 2^53. */
export type Room = {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** What is free of each GPU, in the order of its machine's GPUs. */
  readonly gpuMilli: readonly number[];
};

/** A machine as the scheduler sees it: what it is, at which terms, and what of it is free. */
export type Machine = {
  readonly id: string;
  readonly hostId: string;
  readonly model: string;
  readonly vramBytesPerGpu: number;
  /** Null: the host has not said. */
  readonly region: string | null;
  /** 0 is the least trusted tier. */
  readonly trust: number;
  readonly priceMicrosPerGpuHour: Micros;
  /** The fewest GPUs that its host rents together. */
  readonly minGpus: number;
  /** Until when it can be had, in milliseconds of the epoch; infinity is open-ended. */
  readonly freeUntilMs: number;
  /** A rental that begins now is over at the earliest then, in milliseconds of the epoch; left out: whenever it likes. */
  readonly leastUntilMs?: number;
  readonly capacity: Room;
  readonly free: Room;
};

/** What a request needs of each of its machines. Null and 0 mean "no matter". */
export type Demand = {
  readonly gpuCount: number;
  /** Of each GPU. Below 1000 only where one GPU is asked for. */
  readonly gpuMilli: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly models: readonly string[] | null;
  readonly vramBytesPerGpu: number;
  readonly regions: readonly string[] | null;
  readonly leastTrust: number;
  readonly maxPriceMicrosPerGpuHour: Micros | null;
  /** Until when it runs at the longest, in milliseconds of the epoch; 0 where that is not known. */
  readonly untilMs: number;
  readonly blockedHostIds: readonly string[];
};

/** Somebody waits for `machines` machines that each meet `demand`: all of them or none. */
export type Request = {
  readonly id: string;
  readonly renterId: string;
  readonly demand: Demand;
  readonly machines: number;
  readonly askedAtMs: number;
};

/** How often a kind of demand is expected: what the last weeks brought, or what a trace is known to hold. */
export type Expected = { readonly demand: Demand; readonly count: number };

/** Everything a plan follows from. The same snapshot gives the same plan. */
export type Snapshot = {
  readonly nowMs: number;
  readonly machines: readonly Machine[];
  readonly requests: readonly Request[];
  /** GPUs that each renter holds now, in thousandths: whoever holds less is served first. */
  readonly heldGpuMilli: ReadonlyMap<string, number>;
  /** When something of a renter was last placed, in milliseconds of the epoch; those of longer ago than patience lasts may be left out. */
  readonly servedAtMs: ReadonlyMap<string, number>;
  readonly expected: readonly Expected[];
};

/** A demand for whole GPUs that any machine with room can meet. */
export const ANY_GPU: Demand = {
  gpuCount: 1,
  gpuMilli: WHOLE_GPU_MILLI,
  cpuMilli: 0,
  memoryBytes: 0,
  diskBytes: 0,
  models: null,
  vramBytesPerGpu: 0,
  regions: null,
  leastTrust: 0,
  maxPriceMicrosPerGpuHour: null,
  untilMs: 0,
  blockedHostIds: [],
};

/** Thousandths of GPUs that a demand takes of one machine. */
export function demandMilli(demand: Demand): number {
  return demand.gpuCount * demand.gpuMilli;
}

/** Demands that ask for the same have the same key. */
export function demandKey(demand: Demand): string {
  const list = (items: readonly string[] | null) => (items === null ? null : [...new Set(items)].sort());
  return JSON.stringify([
    demand.gpuCount,
    demand.gpuMilli,
    demand.cpuMilli,
    demand.memoryBytes,
    demand.diskBytes,
    list(demand.models),
    demand.vramBytesPerGpu,
    list(demand.regions),
    demand.leastTrust,
    demand.maxPriceMicrosPerGpuHour === null ? null : String(demand.maxPriceMicrosPerGpuHour),
    demand.untilMs,
    list(demand.blockedHostIds),
  ]);
}
