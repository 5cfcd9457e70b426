import { addSeconds } from '#lib/base/time.ts';

/** A letter that failed this often is given up. With the waits below that is after two days. */
export const MOST_ATTEMPTS = 14;

/** When to try again after `attempts` failures: 30 s, then twice as long each time, at most 6 h. */
export function nextTry(attempts: number, now: Date): Date {
  return addSeconds(now, Math.min(21_600, 30 * 2 ** Math.min(20, Math.max(0, attempts - 1))));
}
