export type Goal = {
  readonly name: string;
  readonly value: number;
  readonly goal: number;
  readonly unit: string;
  readonly ok: boolean;
};

/** One JSON line. */
export function say(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line));
}

/** The last line of a bench: what was aimed at and whether it was met. Honest when it is false. */
export function sayGoals(bench: string, goals: readonly Goal[]): void {
  say({ bench, goals });
}

/** A goal that is met when the value is at most `goal`. */
export function atMost(name: string, value: number, goal: number, unit: string): Goal {
  return { name, value: round(value), goal, unit, ok: value <= goal };
}

/** A goal that is met when the value is at least `goal`. */
export function atLeast(name: string, value: number, goal: number, unit: string): Goal {
  return { name, value: round(value), goal, unit, ok: value >= goal };
}

/** The smallest of the values that so large a share of them does not exceed: 0.99 is the 99th percentile. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('a quantile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
