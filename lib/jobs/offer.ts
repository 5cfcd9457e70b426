import type { Micros } from '#lib/base/money.ts';
import type { Terms } from '#lib/bookings/terms.ts';
import { limitsFor } from '#lib/bookings/terms.ts';
import type { YieldingRental } from '#lib/catalogue/queries/standing-offer.ts';
import { type Machine, WHOLE_GPU_MILLI } from '#lib/scheduler/snapshot.ts';

export type OfferedGpu = {
  readonly id: string;
  readonly uuid: string;
  readonly model: string;
  readonly vramBytes: number;
  /** Somebody has it now who does not yield. */
  readonly taken: boolean;
  /** When somebody will have it next who does not yield; null: nobody. */
  readonly nextTakenAt: Date | null;
  /** Interruptible rentals that have it, or will: they yield. */
  readonly yielding: readonly YieldingRental[];
};

/** A machine that can be rented now, with what a booking on it needs. */
export type Offered = {
  readonly machineId: string;
  readonly listingId: string;
  readonly hostId: string;
  /** The machine's raw public keys, base64url. */
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly priceMicrosPerGpuHour: Micros;
  readonly diskPriceMicrosPerGibMonth: Micros;
  readonly minGpus: number;
  /** Until when it can be had: its host's hours, blocks and end. Not after now: it is closed. Null is open-ended. */
  readonly endsAt: Date | null;
  /** The shortest and the longest that its host rents it for, in seconds. */
  readonly leastSeconds: number;
  readonly mostSeconds: number | null;
  readonly country: string | null;
  /** 0 is the least trusted tier. */
  readonly trust: number;
  readonly cpuThreads: number;
  readonly memoryBytes: number;
  readonly diskTotalBytes: number;
  /** Of the disk, what no rental was promised. */
  readonly diskFreeBytes: number;
  readonly gpus: readonly OfferedGpu[];
};

/** How GPUs are looked at. */
export type Look = {
  readonly now: Date;
  /** GPUs count as free that nobody has until then, in milliseconds of the epoch. */
  readonly untilMs: number;
  /** Whether those count as free whose renters yield: after a notice they are. */
  readonly yielding: boolean;
};

/** A GPU that nobody has until then; or nobody who does not yield. */
export function isFree(gpu: OfferedGpu, { untilMs, yielding }: Look): boolean {
  if (gpu.taken || (gpu.yielding.length > 0 && !yielding)) return false;
  return gpu.nextTakenAt === null || gpu.nextTakenAt.getTime() >= untilMs;
}

/**
 * A machine in the scheduler's words. A rental gets the share of CPU and memory that its GPUs are of all, so these are free
 * in the same share.
 */
export function machineFrom(offer: Offered, look: Look): Machine {
  const free = offer.gpus.map((gpu) => (isFree(gpu, look) ? WHOLE_GPU_MILLI : 0));
  const nowMs = look.now.getTime();
  const mostMs = offer.mostSeconds === null ? Number.POSITIVE_INFINITY : nowMs + offer.mostSeconds * 1_000;
  const share = free.filter((milli) => milli > 0).length / Math.max(1, free.length);
  const cpuMilli = offer.cpuThreads * 1_000;
  return {
    id: offer.machineId,
    hostId: offer.hostId,
    model: offer.gpus[0]?.model ?? '',
    vramBytesPerGpu: Math.min(...offer.gpus.map((gpu) => gpu.vramBytes)),
    region: offer.country,
    trust: offer.trust,
    priceMicrosPerGpuHour: offer.priceMicrosPerGpuHour,
    minGpus: offer.minGpus,
    freeUntilMs: Math.min(offer.endsAt?.getTime() ?? Number.POSITIVE_INFINITY, mostMs),
    leastUntilMs: nowMs + offer.leastSeconds * 1_000,
    capacity: {
      cpuMilli,
      memoryBytes: offer.memoryBytes,
      diskBytes: offer.diskTotalBytes,
      gpuMilli: free.map(() => WHOLE_GPU_MILLI),
    },
    free: {
      cpuMilli: Math.floor(cpuMilli * share),
      memoryBytes: Math.floor(offer.memoryBytes * share),
      diskBytes: Math.max(0, offer.diskFreeBytes),
      gpuMilli: free,
    },
  };
}

/** What a job costs and gets on a machine, as its host offers it now. */
export function termsOn(
  offer: Offered,
  wanted: { readonly gpuCount: number; readonly diskBytes: bigint; readonly feeBasisPoints: number },
): Terms {
  const { cpuThreads, memoryBytes, gpus } = offer;
  return {
    priceMicrosPerGpuHour: offer.priceMicrosPerGpuHour,
    diskPriceMicrosPerGibMonth: offer.diskPriceMicrosPerGibMonth,
    feeBasisPoints: wanted.feeBasisPoints,
    gpuCount: wanted.gpuCount,
    gpuModel: gpus[0]?.model ?? '',
    diskBytes: wanted.diskBytes,
    limits: limitsFor({ cpuThreads, memoryBytes, gpuCount: gpus.length }, wanted.gpuCount),
  };
}
