import { dateWords } from '#lib/base/date-words.ts';
import { formatDollars, type Micros } from '#lib/base/money.ts';
import { SECOND } from '#lib/base/time.ts';
import { placeLabel } from './country.ts';
import { type Finish, totalSeconds } from './fit/finish.ts';
import { costRange, roughly, timeRange } from './fit/words.ts';
import { TRUST_TIER_LABELS, TRUST_TIERS, type TrustTier } from './machine.ts';
import { PRICE_WORDS, type PriceWord } from './price-band.ts';
import { formatBasisPoints, formatBitsPerSecond, formatBytes, formatBytesPerSecond } from './quantity.ts';

/** What is compared of an offer. */
export type ComparedOffer = {
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly freeGpus: number;
  readonly vramBytes: number;
  readonly minGpus: number;
  readonly priceMicrosPerGpuHour: Micros;
  readonly diskPriceMicrosPerGibMonth: Micros;
  readonly priceWord: PriceWord | null;
  readonly freeUntil: Date | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly trust: TrustTier;
  readonly reliabilityBasisPoints: number | null;
  readonly simulated: boolean;
  readonly cpuModel: string;
  readonly cpuThreads: number;
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
  readonly diskWriteBytesPerSecond: number | null;
  readonly networkDownBitsPerSecond: number | null;
  readonly networkUpBitsPerSecond: number | null;
  readonly pcie: string | null;
  readonly cudaVersion: string | null;
  readonly startMs: number | null;
  /** How the job goes on it: undefined when there is none, null when it does not fit. */
  readonly finish: Finish | null | undefined;
};

export type CompareRow = {
  readonly label: string;
  readonly values: readonly string[];
  /** Whether the offers are not all alike in it. */
  readonly differs: boolean;
  /** For each offer, whether it is the best in it: none where all are alike or nothing is better. */
  readonly best: readonly boolean[];
};

/** How one row reads an offer: the words, and what makes it better: a number, the higher the better; null is worst, undefined is no matter. */
type Reading = { readonly text: string; readonly worth?: number | null | undefined };
type Row = readonly [label: string, read: (offer: ComparedOffer) => Reading];

const NOT_MEASURED = 'not measured';

function figure(value: number | null, format: (value: number) => string): Reading {
  return value === null ? { text: NOT_MEASURED, worth: null } : { text: format(value), worth: value };
}

const JOB_ROWS: readonly Row[] = [
  [
    'Fits my job',
    ({ finish }) =>
      finish
        ? { text: `on ${finish.gpus === 1 ? '1 GPU' : `${finish.gpus} GPUs`}`, worth: 1 }
        : { text: 'no', worth: 0 },
  ],
  [
    'Cost for my job',
    ({ finish }) =>
      finish?.costMicros
        ? { text: costRange(finish.costMicros), worth: -(finish.costMicros.fast + finish.costMicros.slow) }
        : { text: finish ? 'speed not known' : 'does not fit', worth: null },
  ],
  [
    'Time for my job',
    ({ finish }) => {
      const total = finish ? totalSeconds(finish) : null;
      return total ? { text: timeRange(total), worth: -(total.fast + total.slow) } : { text: '–', worth: null };
    },
  ],
];

const PRICE_LABELS: Record<PriceWord, string> = { low: 'low', typical: 'typical', high: 'high' };

const ROWS: readonly Row[] = [
  ['Price per GPU-hour', ({ priceMicrosPerGpuHour: price }) => ({ text: formatDollars(price), worth: -Number(price) })],
  [
    'Among its kind',
    ({ priceWord }) =>
      priceWord === null
        ? { text: 'too few to say' }
        : { text: PRICE_LABELS[priceWord], worth: -PRICE_WORDS.indexOf(priceWord) },
  ],
  ['GPU', ({ gpuModel }) => ({ text: gpuModel })],
  ['GPUs', ({ gpuCount }) => ({ text: String(gpuCount) })],
  ['Free now', ({ freeGpus }) => ({ text: String(freeGpus), worth: freeGpus })],
  [
    'Free until',
    ({ freeUntil, freeGpus }) =>
      freeGpus === 0
        ? { text: 'taken', worth: null }
        : freeUntil === null
          ? { text: 'open-ended', worth: Number.POSITIVE_INFINITY }
          : { text: instant(freeUntil), worth: freeUntil.getTime() },
  ],
  ['Least together', ({ minGpus }) => ({ text: String(minGpus) })],
  ['Memory each', ({ vramBytes }) => ({ text: formatBytes(vramBytes), worth: vramBytes })],
  [
    'Reliability',
    ({ reliabilityBasisPoints: points }) =>
      points === null ? { text: 'new', worth: null } : { text: formatBasisPoints(points), worth: points },
  ],
  ['Checked', ({ trust }) => ({ text: TRUST_TIER_LABELS[trust], worth: TRUST_TIERS.indexOf(trust) })],
  ['Place', ({ region, country }) => ({ text: placeLabel(region, country) })],
  ['Machine', ({ simulated }) => (simulated ? { text: 'simulated', worth: 0 } : { text: 'real', worth: 1 })],
  ['CPU', ({ cpuModel }) => ({ text: cpuModel })],
  ['CPU threads', ({ cpuThreads }) => ({ text: String(cpuThreads), worth: cpuThreads })],
  ['RAM', ({ memoryBytes }) => ({ text: formatBytes(memoryBytes), worth: memoryBytes })],
  ['Free disk', ({ diskFreeBytes }) => ({ text: formatBytes(diskFreeBytes), worth: diskFreeBytes })],
  ['Disk writes', ({ diskWriteBytesPerSecond: speed }) => figure(speed, formatBytesPerSecond)],
  [
    'Disk price per GiB-month',
    ({ diskPriceMicrosPerGibMonth: price }) => ({ text: formatDollars(price), worth: -Number(price) }),
  ],
  ['Download', ({ networkDownBitsPerSecond: speed }) => figure(speed, formatBitsPerSecond)],
  ['Upload', ({ networkUpBitsPerSecond: speed }) => figure(speed, formatBitsPerSecond)],
  [
    'From image to shell',
    ({ startMs }) =>
      startMs === null ? { text: NOT_MEASURED, worth: null } : { text: roughly(startMs / SECOND), worth: -startMs },
  ],
  ['Bus', ({ pcie }) => ({ text: pcie ?? '–' })],
  ['CUDA', ({ cudaVersion }) => ({ text: cudaVersion ?? '–' })],
];

/** Rows of a comparison, those in which offers differ first; the job's rows before all others, where there is one. */
export function compareRows(offers: readonly ComparedOffer[]): readonly CompareRow[] {
  const forJob = offers.some(({ finish }) => finish !== undefined);
  const rows = ROWS.map((row) => rowOf(row, offers));
  const differing = [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
  return [...(forJob ? JOB_ROWS.map((row) => rowOf(row, offers)) : []), ...differing];
}

function rowOf([label, read]: Row, offers: readonly ComparedOffer[]): CompareRow {
  const readings = offers.map(read);
  const differs = new Set(readings.map(({ text }) => text)).size > 1;
  const worths = readings.map(({ worth }) => worth);
  const most = Math.max(...worths.map((worth) => worth ?? Number.NEGATIVE_INFINITY));
  return {
    label,
    values: readings.map(({ text }) => text),
    differs,
    best: worths.map((worth) => differs && worth != null && worth === most && most !== Number.NEGATIVE_INFINITY),
  };
}

function instant(at: Date): string {
  const parts = dateWords('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${parts.format(at)} UTC`;
}
