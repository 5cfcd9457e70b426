import { formatDollars, MICROS_PER_DOLLAR, type Micros } from '#lib/base/money.ts';

/** What one payment may be, and all sandbox payments of one account in a day. */
export const TOP_UP_LIMITS = {
  leastMicros: 5n * MICROS_PER_DOLLAR,
  mostMicros: 10_000n * MICROS_PER_DOLLAR,
  mostMicrosPerDay: 50_000n * MICROS_PER_DOLLAR,
} as const;

const CENT_MICROS = 10_000n;

/** The limits in a sentence, for the form. */
export function topUpLimitsSentence(): string {
  return `From ${formatDollars(TOP_UP_LIMITS.leastMicros)} to ${formatDollars(TOP_UP_LIMITS.mostMicros)} at once, in whole cents.`;
}

/** What is wrong with an amount, as a sentence, or null. `todayMicros` is what the account paid in within the last 24 h. */
export function topUpProblem(amountMicros: Micros, todayMicros: Micros): string | null {
  const { leastMicros, mostMicros, mostMicrosPerDay } = TOP_UP_LIMITS;
  if (amountMicros < leastMicros) return `Add at least ${formatDollars(leastMicros)}.`;
  if (amountMicros > mostMicros) return `Add at most ${formatDollars(mostMicros)} at once.`;
  if (amountMicros % CENT_MICROS !== 0n) return 'Write an amount in whole cents.';
  return todayMicros + amountMicros > mostMicrosPerDay
    ? `An account adds at most ${formatDollars(mostMicrosPerDay)} a day; ${formatDollars(mostMicrosPerDay - todayMicros)} is left today.`
    : null;
}
