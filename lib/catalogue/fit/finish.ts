import { SECONDS_PER_HOUR, SECONDS_PER_MONTH, BYTES_PER_GIB as WHOLE_GIB } from '#protocol/charge.ts';
import { type GpuRates, gpuRates } from './gpu-rates.ts';
import { cacheBytesPerToken, gpusNeeded, type MemoryNeed, memoryNeed, weightBytes } from './memory.ts';
import type { Workload } from './workload.ts';

const HOUR_SECONDS = Number(SECONDS_PER_HOUR);
const MONTH_SECONDS = Number(SECONDS_PER_MONTH);
const BYTES_PER_GIB = Number(WHOLE_GIB);

/** From the quick end of a range to the slow one. */
export type Range = { readonly fast: number; readonly slow: number };

/**
 * Shares of a card's peak that training reaches: model FLOPs utilisation, recomputed activations not counted (Chowdhery et al. 2022,
 * PaLM, §4.1: 46 %; Narayanan et al. 2021, Megatron-LM: 44–52 %). A single card with ordinary recipes, measured: 28–40 % (measured-h200.json), and
 * steps of few tokens less. Over several cards on a PCIe bus the slow end is lower: our own allowance.
 */
export const TRAINING_SHARE = { fast: 0.45, slow: 0.25, slowOverMany: 0.2 } as const;
/** Shares of memory bandwidth that generating reaches (Databricks 2023, "LLM Inference Performance Engineering": 60 % and less as more cards share a model). Measured with
 * transformers: 46–51 % for 8 and 14 billion parameters (measured-h200.json); a model of one billion waits for the processor instead. */
export const BANDWIDTH_SHARE = { fast: 0.8, slow: 0.45, slowOverMany: 0.35 } as const;
/** What is assumed of a link that was not measured. */
export const UNMEASURED_LINK_BITS_PER_SECOND = 100_000_000;
/** Disk beside what is downloaded. */
const SPARE_DISK_BYTES = 10 * BYTES_PER_GIB;

/** Multiplications and additions for one trained token, in parameters. Kaplan et al. 2020 and Hoffmann et al. 2022: 6. Frozen weights need no gradients of their own: 4. */
export const FLOPS_PER_PARAM = { full: { fast: 6, slow: 6 }, frozen: { fast: 4, slow: 6 } } as const;

/** What of an offer decides how a workload goes on it. Amounts in micro-dollars. */
export type FinishOffer = {
  readonly gpuModel: string;
  readonly vramBytes: number;
  readonly minGpus: number;
  readonly priceMicrosPerGpuHour: number;
  readonly diskPriceMicrosPerGibMonth: number;
  readonly networkDownBitsPerSecond: number | null;
};

/** An estimate, never a bill: seconds, and micro-dollars rounded to whole ones. */
export type Finish = {
  /** GPUs to book: enough for the memory, and no fewer than the host rents together. */
  readonly gpus: number;
  /** Of the image, before anything is billed. */
  readonly pullSeconds: number;
  /** Of weights and data, billed. */
  readonly downloadSeconds: number;
  readonly linkMeasured: boolean;
  /** Null where nobody knows the card's rates. */
  readonly work: Range | null;
  readonly tokensPerSecond: Range | null;
  readonly costMicros: Range | null;
};

/** Says for one workload how it goes on one offer after another; null where it does not fit on 64 such GPUs. */
export function finishOf(workload: Workload): (offer: FinishOffer, atLeastGpus?: number) => Finish | null {
  const need = memoryNeed(workload);
  // Offers are many, sizes of memory and cards are few.
  const neededBy = remembered((vramBytes: number) => gpusNeeded(need, vramBytes));
  const workBy = remembered((model: string) =>
    remembered((vramBytes: number) =>
      remembered((gpus: number) => {
        const rates = gpuRates(model, vramBytes);
        return rates === null ? null : workSeconds(workload, rates, gpus);
      }),
    ),
  );
  return (offer, atLeastGpus = 1) => {
    const needed = neededBy(offer.vramBytes);
    if (needed === null) return null;
    const gpus = Math.max(needed, offer.minGpus, atLeastGpus);
    const link = offer.networkDownBitsPerSecond ?? UNMEASURED_LINK_BITS_PER_SECOND;
    const downloadSeconds = (workload.dataBytes * 8) / link;
    const work = workBy(offer.gpuModel)(offer.vramBytes)(gpus);
    const cost = (seconds: number) => Math.round(costMicros(workload, offer, gpus, downloadSeconds + seconds));
    return {
      gpus,
      pullSeconds: (workload.imageBytes * 8) / link,
      downloadSeconds,
      linkMeasured: offer.networkDownBitsPerSecond !== null,
      work,
      tokensPerSecond: work && { fast: workload.tokens / work.fast, slow: workload.tokens / work.slow },
      costMicros: work && { fast: cost(work.fast), slow: cost(work.slow) },
    };
  };
}

/** A function that works each thing out once. */
function remembered<Of, What>(work: (of: Of) => What): (of: Of) => What {
  const known = new Map<Of, { readonly what: What }>();
  return (of) => {
    let entry = known.get(of);
    if (entry === undefined) {
      entry = { what: work(of) };
      known.set(of, entry);
    }
    return entry.what;
  };
}

/** What offers are ordered by: the middle of the range of costs, what is not known last. */
export function costKey(finish: Finish | null): number {
  if (finish?.costMicros == null) return Number.POSITIVE_INFINITY;
  return (finish.costMicros.fast + finish.costMicros.slow) / 2;
}

/** From booking until everything is done. */
export function totalSeconds({ pullSeconds, downloadSeconds, work }: Finish): Range | null {
  const before = pullSeconds + downloadSeconds;
  return work && { fast: before + work.fast, slow: before + work.slow };
}

function costMicros(workload: Workload, offer: FinishOffer, gpus: number, billedSeconds: number): number {
  const gpu = (offer.priceMicrosPerGpuHour * gpus * billedSeconds) / HOUR_SECONDS;
  const diskGib = (workload.dataBytes + SPARE_DISK_BYTES) / BYTES_PER_GIB;
  return gpu + (offer.diskPriceMicrosPerGibMonth * diskGib * billedSeconds) / MONTH_SECONDS;
}

/** How long the computing itself takes on so many GPUs of these rates, which share it evenly. */
export function workSeconds(workload: Workload, rates: GpuRates, gpus: number): Range {
  return workload.work === 'inference'
    ? { fast: generating(workload, rates, gpus, 'fast'), slow: generating(workload, rates, gpus, 'slow') }
    : { fast: training(workload, rates, gpus, 'fast'), slow: training(workload, rates, gpus, 'slow') };
}

type End = 'fast' | 'slow';

function shareOf(shares: typeof TRAINING_SHARE | typeof BANDWIDTH_SHARE, gpus: number, end: End): number {
  return end === 'fast' ? shares.fast : gpus > 1 ? shares.slowOverMany : shares.slow;
}

/** Matrix products in 32 bits run as TF32, at half the rate of 16 bits. */
function peakOf({ precision }: Workload, { peakFlops }: GpuRates): number {
  return precision === 'fp32' ? peakFlops / 2 : peakFlops;
}

/** FLOPs per token × tokens ÷ (GPUs × peak × share). */
function training(workload: Workload, rates: GpuRates, gpus: number, end: End): number {
  const { shape, tokens, work } = workload;
  const perParam = (work === 'full' ? FLOPS_PER_PARAM.full : FLOPS_PER_PARAM.frozen)[end];
  return (
    (perParam * shape.activeParams * tokens) / (gpus * peakOf(workload, rates) * shareOf(TRAINING_SHARE, gpus, end))
  );
}

/**
 * Each step gives one token to each sequence and reads the weights and what every sequence has in its cache, half full on average; it
 * takes what reading or computing takes, whichever is more. Beside that as many tokens of prompts are read as are generated.
 */
function generating(workload: Workload, rates: GpuRates, gpus: number, end: End): number {
  const { shape, precision, contextTokens, batch, tokens } = workload;
  const bandwidth = gpus * rates.memoryBytesPerSecond * shareOf(BANDWIDTH_SHARE, gpus, end);
  const compute = gpus * peakOf(workload, rates) * shareOf(TRAINING_SHARE, gpus, end);
  // A batch of a mixture of experts asks for more of them the larger it is.
  const touched = Math.min(1, (batch * shape.activeParams) / shape.params);
  const stepBytes =
    weightBytes(shape, precision) * touched + (batch * contextTokens * cacheBytesPerToken(shape, precision)) / 2;
  const stepFlops = 2 * shape.activeParams * batch;
  const steps = tokens / batch;
  const reading = (2 * shape.activeParams * tokens) / compute;
  return steps * Math.max(stepBytes / bandwidth, stepFlops / compute) + reading;
}

/** Whether a need goes onto some of these GPUs, as a search asks it. */
export function fitsOn(need: MemoryNeed, vramBytes: number, gpus: number): boolean {
  const needed = gpusNeeded(need, vramBytes);
  return needed !== null && needed <= gpus;
}
