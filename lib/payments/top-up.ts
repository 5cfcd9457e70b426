import { formatDollars, MICROS_PER_DOLLAR, type Micros } from '#lib/base/money.ts';

/** What one payment may be, and all payments of one account in a day. */
export const TOP_UP_LIMITS = {
  leastMicros: 5n * MICROS_PER_DOLLAR,
  mostMicros: 10_000n * MICROS_PER_DOLLAR,
  mostMicrosPerDay: 50_000n * MICROS_PER_DOLLAR,
} as const;

export const TOP_UP_STATES = ['asked', 'open', 'settled', 'failed', 'review'] as const;
/** asked: the provider was not reached yet. open: its page waits for the renter. review: what came is not what was asked, and a person looks at it. */
export type TopUpState = (typeof TOP_UP_STATES)[number];

/** How a payment stands, in a word or two. */
export const TOP_UP_WORDS: Readonly<Record<TopUpState, string>> = {
  asked: 'being prepared',
  open: 'not paid yet',
  settled: 'paid',
  failed: 'failed',
  review: 'being looked at',
};

/** Why a payment failed or is looked at, each as a sentence for its renter. */
export const TOP_UP_FAILURES: Readonly<Record<string, string>> = {
  expired: 'Nobody paid on the page of the payment provider in time. Nothing was charged.',
  unreachable: 'The payment provider could not be reached. Nothing was charged; try again.',
  refused: 'The payment provider refused the payment. Nothing was charged; contact the operators of this market.',
  declined: 'The card declined. Nothing was charged; use another card.',
  authentication:
    'The bank of the card wants you to confirm this payment yourself. Nothing was charged; pay it by hand.',
  unwanted:
    'The card was taken away, or automatic payments were switched off, before the payment was made. Nothing was charged.',
  givenBack: 'Another amount or currency arrived than was asked. It was given back to the card it came from.',
  otherAmount: 'Another amount or currency arrived than was asked. The operators of this market look at it.',
};

/** The sentence of a failure. */
export function failureSentence(failure: string | null): string {
  return TOP_UP_FAILURES[failure ?? ''] ?? 'The payment failed. Nothing was charged; try again.';
}

/** How many payments of one person may wait at once. */
export const MOST_OPEN = 20;

/** How long a payment that the provider never heard of is tried. */
export const ASKED_SECONDS = 3_600;

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
