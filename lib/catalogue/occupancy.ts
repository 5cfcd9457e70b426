import { intervalOf, lengthOf, overlapOf, type Span, unionOf } from '#lib/base/spans.ts';

/** A GPU of a machine: since when it is there, and when somebody had it. */
export type OccupiedGpu = {
  readonly presentFrom: Date;
  /** Null while it is still there. */
  readonly presentUntil: Date | null;
  readonly rented: readonly Span[];
};

/** Time of GPUs, in GPU-milliseconds. */
export type GpuTime = { readonly rentedMs: number; readonly offeredMs: number };

/** The definition in a sentence, for pages. */
export const OCCUPANCY_SENTENCE =
  'Rented GPU-time divided by offered GPU-time. A GPU is rented from its booking until it is given back, and offered while its listing is published or it is rented; time that has not come counts neither way.';

/**
 * How much of a machine's GPU-time was rented and offered between two instants. `until` must not be later than now. A GPU that
 * is rented counts as offered too, so that a listing which is withdrawn under a rental never makes more than all.
 */
export function gpuTimeOf(
  machine: { readonly offers: readonly Span[]; readonly gpus: readonly OccupiedGpu[] },
  from: Date,
  until: Date,
): GpuTime {
  let rentedMs = 0;
  let offeredMs = 0;
  for (const gpu of machine.gpus) {
    const start = Math.max(from.getTime(), gpu.presentFrom.getTime());
    const end = Math.min(until.getTime(), (gpu.presentUntil ?? until).getTime());
    if (end <= start) continue;
    const rented = unionOf(gpu.rented.map(intervalOf), start, end);
    const offered = unionOf(machine.offers.map(intervalOf), start, end);
    rentedMs += lengthOf(rented);
    offeredMs += lengthOf(offered) + lengthOf(rented) - overlapOf(offered, rented);
  }
  return { rentedMs, offeredMs };
}

/** Rented ÷ offered in basis points, rounded down: 10,000 is always rented. Null when nothing was offered. */
export function occupancyOf(times: readonly GpuTime[]): number | null {
  const offeredMs = times.reduce((sum, time) => sum + time.offeredMs, 0);
  const rentedMs = times.reduce((sum, time) => sum + time.rentedMs, 0);
  return offeredMs === 0 ? null : Math.floor((rentedMs * 10_000) / offeredMs);
}
