/** A span of time; without an end it is still going on. */
export type Span = { readonly startsAt: Date; readonly endsAt: Date | null };

/** From one instant until before another, in milliseconds. */
export type Interval = readonly [from: number, to: number];

/** A span in milliseconds since 1970; one that goes on ends at Infinity. */
export function intervalOf(span: Span): Interval {
  return [span.startsAt.getTime(), span.endsAt?.getTime() ?? Number.POSITIVE_INFINITY];
}

/** The time that lies in any of the intervals, between `from` and `to`: in order, none touching another. */
export function unionOf(intervals: readonly Interval[], from: number, to: number): Interval[] {
  const clipped = intervals
    .map(([start, end]): Interval => [Math.max(start, from), Math.min(end, to)])
    .filter(([start, end]) => end > start)
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of clipped) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** How long intervals that do not overlap are together, in milliseconds. */
export function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** How long two unions lie over each other, in milliseconds. */
export function overlapOf(a: readonly Interval[], b: readonly Interval[]): number {
  let sum = 0;
  let j = 0;
  for (const [from, to] of a) {
    while (j < b.length && (b[j] as Interval)[1] <= from) j += 1;
    for (let k = j; k < b.length && (b[k] as Interval)[0] < to; k += 1) {
      const [start, end] = b[k] as Interval;
      sum += Math.max(0, Math.min(to, end) - Math.max(from, start));
    }
  }
  return sum;
}

/** What of the intervals lies in none of the others. Both are unions: in order, none touching another. */
export function withoutIntervals(intervals: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let first = 0;
  for (const [from, to] of intervals) {
    let at = from;
    while (first < taken.length && (taken[first] as Interval)[1] <= from) first += 1;
    for (let j = first; j < taken.length && (taken[j] as Interval)[0] < to; j += 1) {
      const [start, end] = taken[j] as Interval;
      if (start > at) left.push([at, start]);
      at = Math.max(at, end);
    }
    if (at < to) left.push([at, to]);
  }
  return left;
}
