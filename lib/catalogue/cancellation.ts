import { type CancellationTerms, freeUntilMs } from '#protocol/give-back.ts';
import { formatSpan } from './span-words.ts';

/** What is frozen of it with a booking. */
export type Cancellation = CancellationTerms;

/** What a host may choose from. */
export const CANCELLATIONS = {
  flexible: { freeSeconds: 3_600, shareBasisPoints: 1_000 },
  moderate: { freeSeconds: 86_400, shareBasisPoints: 2_500 },
  strict: { freeSeconds: 3 * 86_400, shareBasisPoints: 5_000 },
} as const satisfies Record<string, Cancellation>;
export type CancellationPolicy = keyof typeof CANCELLATIONS;
export const CANCELLATION_POLICIES = Object.keys(CANCELLATIONS) as CancellationPolicy[];

/** Until when a window is given back for nothing: some time before it begins, or soon after it was booked. */
export function freeUntilOf(
  cancellation: Cancellation,
  window: { readonly startsAt: Date; readonly bookedAt: Date },
): Date {
  return new Date(freeUntilMs(cancellation, window.startsAt.getTime(), window.bookedAt.getTime()));
}

/** The terms as a sentence for both sides. */
export function cancellationSentence({ freeSeconds, shareBasisPoints }: Cancellation): string {
  return (
    `Free until ${formatSpan(freeSeconds)} before it begins. After that, or if its renter or what runs in it ends it early, ` +
    `at least ${shareBasisPoints / 100} % of the price of its GPUs is paid, counted over its first 24 hours; nothing where its machine is not there or does not get it to run.`
  );
}
