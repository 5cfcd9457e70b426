import { addSeconds } from '#lib/base/time.ts';
import { GIVEN_UP_ATTEMPTS } from '#lib/desk/case.ts';

/** When what failed is tried again: after ten seconds, then twice as long each time, at most an hour. */
export function nextTry(attempts: number, now: Date): Date {
  return addSeconds(now, Math.min(3_600, 10 * 2 ** Math.min(10, Math.max(0, attempts - 1))));
}

/** After so many failures (some four days) something is left for a person to look at. */
export const MOST_ATTEMPTS = GIVEN_UP_ATTEMPTS;
