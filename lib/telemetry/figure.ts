import type { Terms } from '#lib/bookings/terms.ts';
import { formatBitsPerSecond, formatBytes, formatBytesPerSecond } from '#lib/catalogue/quantity.ts';
import { MEASURES, type Measure, type Unit } from './measure.ts';

const WORDS: Readonly<Record<Unit, (figure: number) => string>> = {
  percent: (figure) => `${Math.round(figure)} %`,
  bytes: formatBytes,
  watts: (figure) => `${Math.round(figure)} W`,
  celsius: (figure) => `${Math.round(figure)} °C`,
  cpuMillis: (figure) => `${(figure / 1_000).toFixed(figure < 10_000 ? 2 : 1)} threads`,
  bytesPerSecond: formatBytesPerSecond,
  bitsPerSecond: formatBitsPerSecond,
};

/** A figure of a measure as a person reads it; a dash where nothing was said. */
export function figureText(measure: Measure, figure: number | null | undefined): string {
  return figure === null || figure === undefined ? '–' : WORDS[MEASURES[measure].unit](figure);
}

/** The same, short enough for the side of a chart. */
export function axisText(measure: Measure, figure: number): string {
  if (MEASURES[measure].unit === 'cpuMillis') return (figure / 1_000).toFixed(figure < 10_000 ? 1 : 0);
  return figureText(measure, figure);
}

/** Halved they are round still. */
const ROUND = [1, 2, 4, 6, 8, 10];

/** The top of a chart that reaches `figure`: the next figure that is round as a person reads it, bytes in powers of 1,024. */
export function roundTop(measure: Measure, figure: number): number {
  if (figure <= 0) return 1;
  const base = MEASURES[measure].unit === 'bytes' ? 1_024 ** Math.floor(Math.log(figure) / Math.log(1_024)) : 1;
  const step = base * 10 ** Math.floor(Math.log10(figure / base));
  return step * (ROUND.find((round) => round * step >= figure) ?? 10);
}

/** What is drawn together. */
export type Chart = { readonly title: string; readonly measures: readonly Measure[] };

export const CHARTS: readonly Chart[] = [
  { title: 'GPU', measures: ['gpuUtilisationPercent'] },
  { title: 'VRAM', measures: ['gpuMemoryUsedBytes'] },
  { title: 'Power', measures: ['gpuPowerWatts'] },
  { title: 'Temperature', measures: ['gpuTemperatureCelsius'] },
  { title: 'CPU', measures: ['cpuMillis'] },
  { title: 'RAM', measures: ['memoryBytes'] },
  { title: 'Disk', measures: ['diskReadBytesPerSecond', 'diskWriteBytesPerSecond'] },
  { title: 'Network', measures: ['networkDownBitsPerSecond', 'networkUpBitsPerSecond'] },
];

/** What a booking may use at most, as the tops of its charts. */
export function metricLimits({ limits }: Pick<Terms, 'limits'>): Partial<Record<Measure, number>> {
  return { cpuMillis: limits.cpuMillis, memoryBytes: Number(limits.memoryBytes) };
}
