import type { Micros } from '#lib/base/money.ts';
import { HOUR } from '#lib/base/time.ts';
import { ENTRY_SIZES } from '#lib/scheduler/clearing.ts';

/** Odds are counted over so many past days. */
export const ODDS_DAYS = 7;
/** Less history than this says nothing about tomorrow, and is said instead of a share. */
export const LEAST_HISTORY_MS = 24 * HOUR;

/** What getting in cost from an instant on, until the next one. */
export type EntryFrom = { readonly at: Date; readonly entryMicros: readonly Micros[] };

/** In which share of a time a bid would have run, and how long that time was. */
export type Odds = {
  /** Of the covered time, in hundredths of a percent; null when too little is covered. */
  readonly basisPoints: number | null;
  readonly coveredMs: number;
};

/** Which of the sizes of {@link ENTRY_SIZES} stands for so many GPUs: the next larger; -1 when there is none. */
export function sizeIndex(gpuCount: number): number {
  return ENTRY_SIZES.findIndex((size) => size >= gpuCount);
}

/**
 * The share of the time between two instants in which a bid of this amount would have got in, by what each clearing came to.
 * `rows` are in order of time; the first may lie before `from`.
 */
export function oddsOf(
  rows: readonly EntryFrom[],
  bid: { readonly microsPerGpuHour: Micros; readonly gpuCount: number },
  from: Date,
  now: Date,
): Odds {
  const size = sizeIndex(bid.gpuCount);
  let coveredMs = 0;
  let runsMs = 0;
  for (const [at, row] of rows.entries()) {
    const begin = Math.max(row.at.getTime(), from.getTime());
    const end = Math.min(rows[at + 1]?.at.getTime() ?? now.getTime(), now.getTime());
    if (end <= begin) continue;
    coveredMs += end - begin;
    const entry = size < 0 ? -1n : (row.entryMicros[size] ?? -1n);
    if (entry >= 0n && bid.microsPerGpuHour >= entry) runsMs += end - begin;
  }
  return { basisPoints: coveredMs < LEAST_HISTORY_MS ? null : Math.floor((runsMs * 10_000) / coveredMs), coveredMs };
}

/**
 * The least bid that would have got in for a share of the time between two instants, in hundredths of a percent; null when
 * none would have, or when too little is covered.
 */
export function bidForShare(
  rows: readonly EntryFrom[],
  ask: { readonly gpuCount: number; readonly basisPoints: number },
  from: Date,
  now: Date,
): Micros | null {
  const size = sizeIndex(ask.gpuCount);
  const entries = size < 0 ? [] : rows.map(({ entryMicros }) => entryMicros[size] ?? -1n).filter((entry) => entry > 0n);
  const sorted = [...new Set(entries)].sort((a, b) => (a < b ? -1 : 1));
  const enough = (microsPerGpuHour: Micros) =>
    (oddsOf(rows, { microsPerGpuHour, gpuCount: ask.gpuCount }, from, now).basisPoints ?? -1) >= ask.basisPoints;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (enough(sorted[middle] as Micros)) high = middle;
    else low = middle + 1;
  }
  return sorted[low] ?? null;
}

/** Odds as a sentence. */
export function oddsSentence({ basisPoints, coveredMs }: Odds): string {
  if (basisPoints === null) {
    const hours = Math.floor(coveredMs / HOUR);
    return hours === 0
      ? 'No history yet to tell odds from.'
      : `Only ${hours} h of history: too little to tell odds from.`;
  }
  const percent = basisPoints / 100;
  const share =
    percent > 99.9 && percent < 100
      ? 'over 99.9'
      : percent < 0.1 && percent > 0
        ? 'under 0.1'
        : percent.toFixed(percent % 1 === 0 ? 0 : 1);
  const days = Math.max(1, Math.round(coveredMs / (24 * HOUR)));
  return `It would have run ${share} % of the past ${days === 1 ? 'day' : `${days} days`}.`;
}
