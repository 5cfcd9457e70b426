const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/** An instant that a machine named, or `fallback` when its clock stands in another age. */
export function plausibleInstant(text: string, fallback: Date): Date {
  const ms = Date.parse(text);
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? new Date(ms) : fallback;
}
