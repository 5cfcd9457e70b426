import { duration } from '#components/ui/instant.ts';

const YEAR_SECONDS = 365 * 86_400;

/** How long money lasts, as far as that is worth saying: "about 3 h 05 min", "over a year". */
export function lasts(seconds: number): string {
  return seconds > YEAR_SECONDS ? 'over a year' : `about ${duration(seconds)}`;
}
