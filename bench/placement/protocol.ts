import { demandMilli } from '#lib/scheduler/snapshot.ts';
import type { Sequence, Trace } from './trace.ts';

/** Takes arrivals one by one; says on which machine each was placed. Null: it fits nowhere and is dropped for good. */
export type Placer = { place(demand: number): string | null };

export type Outcome = {
  /** Allocated share of the GPUs in percent when this share has arrived: the mean over arrivals that round to it. */
  readonly at: ReadonlyMap<number, number>;
  readonly placed: number;
  readonly rejected: number;
  readonly seconds: number;
};

/** The protocol of the FGD paper: demands arrive and never leave, until 130 % of the capacity has arrived. */
export function runSequence(trace: Trace, sequence: Sequence, placer: Placer, upToPercent = 130): Outcome {
  const percent = trace.capacityMilli / 100;
  const milli = trace.demands.map(demandMilli);
  const sums = new Map<number, { sum: number; count: number }>();
  let arrived = 0;
  let allocated = 0;
  let placed = 0;
  let rejected = 0;
  const began = performance.now();
  for (const demand of sequence.arrivals) {
    arrived += milli[demand] as number;
    if (arrived / percent > upToPercent + 0.5) break;
    if (placer.place(demand) !== null) {
      allocated += milli[demand] as number;
      placed += 1;
    } else rejected += 1;
    const at = roundHalfEven(arrived / percent);
    const entry = sums.get(at) ?? { sum: 0, count: 0 };
    entry.sum += allocated / percent;
    entry.count += 1;
    sums.set(at, entry);
  }
  const seconds = (performance.now() - began) / 1000;
  return { at: new Map([...sums].map(([at, { sum, count }]) => [at, sum / count])), placed, rejected, seconds };
}

/** As the authors' scripts round. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
