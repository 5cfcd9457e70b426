import type { Range } from './finish.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Gigabytes as people say them of memory and files: "5.7 GB", "812 GB". */
export function gigabytes(bytes: number): string {
  const gb = bytes / 1e9;
  return `${gb >= 100 ? Math.round(gb).toLocaleString('en') : gb.toFixed(1)} GB`;
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(2)).toLocaleString('en');
}

function unitOf(seconds: number): readonly [name: string, size: number] {
  if (seconds >= 2 * DAY) return ['days', DAY];
  if (seconds >= HOUR) return ['h', HOUR];
  if (seconds >= 60) return ['min', 60];
  return ['s', 1];
}

/** A length of an estimate: "42 s", "12 min", "3.4 h", "5 days". Seconds in. */
export function roughly(seconds: number): string {
  const [name, size] = unitOf(seconds);
  return `${short(seconds / size)} ${name}`;
}

/** A range of time in one unit: "3.4–5.1 h". Seconds in. */
export function timeRange({ fast, slow }: Range): string {
  const [name, size] = unitOf(slow);
  const [from, to] = [short(fast / size), short(slow / size)];
  return from === to ? `${to} ${name}` : `${from}–${to} ${name}`;
}

function dollars(micros: number): string {
  const value = micros / 1e6;
  if (value >= 1_000) return Math.round(value).toLocaleString('en');
  return value < 0.1 ? value.toFixed(3) : value.toFixed(2);
}

/** A range of costs: "$1.24–1.86". Micro-dollars in; an estimate, so rounded. */
export function costRange({ fast, slow }: Range): string {
  const [from, to] = [dollars(fast), dollars(slow)];
  return from === to ? `$${to}` : `$${from}–${to}`;
}

/** How many tokens a second: "48–77 tokens/s", "2,300–5,100 tokens/s". */
export function speedRange({ fast, slow }: Range): string {
  const rough = (value: number) => Number(value.toPrecision(2)).toLocaleString('en');
  return `${rough(slow)}–${rough(fast)} tokens/s`;
}
