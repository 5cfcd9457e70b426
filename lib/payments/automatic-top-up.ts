import { formatDollars, MICROS_PER_DOLLAR, type Micros } from '#lib/base/money.ts';
import { topUpProblem } from './top-up.ts';

export const PAUSED_REASONS = {
  declined: 'Your card declined. Choose another one, or pay by hand, and switch it on again.',
  authentication: 'The bank of your card wants you to confirm payments yourself. Pay by hand, or choose another card.',
  refused: 'The payment provider refused the payment. Try another card, or contact the operators of this market.',
  noCard: 'There is no saved card. Save one and switch it on again.',
  monthlyLimit: 'The limit for this month is reached. It goes on by itself next month, or with a higher limit.',
} as const;
export type PausedReason = keyof typeof PAUSED_REASONS;

export type AutomaticSettings = {
  /** Below this much free money the wallet is topped up. */
  readonly thresholdMicros: Micros;
  readonly amountMicros: Micros;
  /** The most in a calendar month, UTC. */
  readonly monthlyLimitMicros: Micros;
};

const MOST_THRESHOLD = 10_000n * MICROS_PER_DOLLAR;
const MOST_LIMIT = 1_000_000n * MICROS_PER_DOLLAR;

/** What is wrong with settings, a sentence for each field; empty when nothing is. */
export function settingsProblems(settings: AutomaticSettings): Readonly<Record<string, string>> {
  const { thresholdMicros, amountMicros, monthlyLimitMicros } = settings;
  const amount = topUpProblem(amountMicros, 0n);
  const threshold =
    thresholdMicros < 0n || thresholdMicros > MOST_THRESHOLD
      ? `Write an amount from $0.00 to ${formatDollars(MOST_THRESHOLD)}.`
      : null;
  const limit =
    monthlyLimitMicros < amountMicros
      ? 'The limit must cover at least one payment.'
      : monthlyLimitMicros > MOST_LIMIT
        ? `Write at most ${formatDollars(MOST_LIMIT)}.`
        : null;
  return {
    ...(threshold === null ? {} : { thresholdMicros: threshold }),
    ...(amount === null ? {} : { amountMicros: amount }),
    ...(limit === null ? {} : { monthlyLimitMicros: limit }),
  };
}

/** When the calendar month of an instant began, UTC. */
export function monthOf(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
}

/** Why nothing is taken now: null when something is. */
export function whyNotTake(
  settings: AutomaticSettings,
  facts: { readonly freeMicros: Micros; readonly thisMonthMicros: Micros },
): 'enough' | 'monthlyLimit' | null {
  if (facts.freeMicros >= settings.thresholdMicros) return 'enough';
  return facts.thisMonthMicros + settings.amountMicros > settings.monthlyLimitMicros ? 'monthlyLimit' : null;
}
