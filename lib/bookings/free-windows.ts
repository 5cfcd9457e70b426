import type { Interval } from '#lib/base/spans.ts';

/** A stretch of time in which so many GPUs of a listing can be reserved without a break. */
export type FreeWindow = { readonly startsAt: Date; readonly endsAt: Date; readonly freeGpus: number };

/**
 * The longest stretches in which the same GPUs, so many of them, are free all through. Each begins where one of them becomes
 * free; none lies within another. `free` has the free stretches of each GPU.
 */
export function windowsOf(free: readonly (readonly Interval[])[], gpuCount: number): FreeWindow[] {
  const found: FreeWindow[] = [];
  const starts = [...new Set(free.flatMap((stretches) => stretches.map(([start]) => start)))].sort((a, b) => a - b);
  let reached = Number.NEGATIVE_INFINITY;
  for (const start of starts) {
    const ends = free
      .map((stretches) => stretches.find(([from, to]) => from <= start && start < to)?.[1] ?? null)
      .filter((end) => end !== null)
      .sort((a, b) => b - a);
    const end = ends[gpuCount - 1];
    if (end === undefined || end <= reached) continue;
    reached = end;
    const freeGpus = ends.filter((one) => one >= end).length;
    found.push({ startsAt: new Date(start), endsAt: new Date(end), freeGpus });
  }
  return found;
}
