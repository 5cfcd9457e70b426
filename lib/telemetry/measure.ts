/** How a figure is counted; the words of the edge are made from it. */
export type Unit = 'percent' | 'bytes' | 'watts' | 'celsius' | 'cpuMillis' | 'bytesPerSecond' | 'bitsPerSecond';

/** What is measured of a rental, in the order in which it is shown. */
export const MEASURES = {
  gpuUtilisationPercent: { label: 'GPU', unit: 'percent', perGpu: true },
  gpuMemoryUsedBytes: { label: 'VRAM', unit: 'bytes', perGpu: true },
  gpuPowerWatts: { label: 'Power', unit: 'watts', perGpu: true },
  gpuTemperatureCelsius: { label: 'Temperature', unit: 'celsius', perGpu: true },
  cpuMillis: { label: 'CPU', unit: 'cpuMillis', perGpu: false },
  memoryBytes: { label: 'RAM', unit: 'bytes', perGpu: false },
  diskReadBytesPerSecond: { label: 'Disk read', unit: 'bytesPerSecond', perGpu: false },
  diskWriteBytesPerSecond: { label: 'Disk write', unit: 'bytesPerSecond', perGpu: false },
  networkDownBitsPerSecond: { label: 'Network down', unit: 'bitsPerSecond', perGpu: false },
  networkUpBitsPerSecond: { label: 'Network up', unit: 'bitsPerSecond', perGpu: false },
} as const satisfies Record<string, { readonly label: string; readonly unit: Unit; readonly perGpu: boolean }>;

export type Measure = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as readonly Measure[];

/** Spans that can be looked at: how long, and how many seconds one point stands for. At most 288 points each. */
export const RANGES = {
  '15m': { seconds: 900, stepSeconds: 5, label: '15 minutes' },
  '1h': { seconds: 3_600, stepSeconds: 15, label: '1 hour' },
  '24h': { seconds: 86_400, stepSeconds: 300, label: '24 hours' },
} as const satisfies Record<string, { readonly seconds: number; readonly stepSeconds: number; readonly label: string }>;

export type Range = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as readonly Range[];

/** The range that an address names; the shortest for anything else. */
export function rangeIn(given: unknown): Range {
  return RANGE_NAMES.find((range) => range === given) ?? '15m';
}

/** A measure through time: a point stands for `stepSeconds` and keeps the least and the most of them beside the mean. Null: nothing was said then. */
export type Series = {
  readonly measure: Measure;
  /** Its place among the booking's GPUs, from 1 on; null for what is not a GPU's. */
  readonly gpu: number | null;
  readonly mean: readonly (number | null)[];
  readonly least: readonly (number | null)[];
  readonly most: readonly (number | null)[];
};

/** What a booking used: point `i` of every series begins at `startsAt + i × stepSeconds`. */
export type Metrics = {
  readonly range: Range;
  readonly startsAt: Date;
  readonly stepSeconds: number;
  readonly points: number;
  readonly series: readonly Series[];
  /** The GPUs are simulated, and so are these figures of them. */
  readonly simulated: boolean;
};
