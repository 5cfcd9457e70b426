import type { Micros } from '#lib/base/money.ts';
import { formatSpan } from './span-words.ts';

/** Until when giving a reserved window back is free, and what of its price the host gets after that. */
export type Cancellation = {
  /** Free until this long before the window begins. */
  readonly freeSeconds: number;
  /** After that: the host's share of the price of the window's GPUs, at most of its first 24 hours; 100 are 1 %. */
  readonly shareBasisPoints: number;
};

/** What a host may choose from. */
export const CANCELLATIONS = {
  flexible: { freeSeconds: 3_600, shareBasisPoints: 1_000 },
  moderate: { freeSeconds: 86_400, shareBasisPoints: 2_500 },
  strict: { freeSeconds: 3 * 86_400, shareBasisPoints: 5_000 },
} as const satisfies Record<string, Cancellation>;
export type CancellationPolicy = keyof typeof CANCELLATIONS;
export const CANCELLATION_POLICIES = Object.keys(CANCELLATIONS) as CancellationPolicy[];

/** Whoever reserves for soon has this long to think again, as long as the window has not begun. */
export const SECOND_THOUGHT_SECONDS = 900;
/** The share is taken of the price of this much of a window at most: as much as is set aside for it. */
export const CANCELLATION_BASE_SECONDS = 86_400;

/** Until when a window is given back for nothing: some time before it begins, or soon after it was booked. */
export function freeUntilOf(
  cancellation: Cancellation,
  window: { readonly startsAt: Date; readonly bookedAt: Date },
): Date {
  const before = window.startsAt.getTime() - cancellation.freeSeconds * 1_000;
  const thought = Math.min(window.startsAt.getTime(), window.bookedAt.getTime() + SECOND_THOUGHT_SECONDS * 1_000);
  return new Date(Math.max(before, thought));
}

/** The share of an amount, rounded down. */
export function cancellationShare(cancellation: Cancellation, baseMicros: Micros): Micros {
  return (baseMicros * BigInt(cancellation.shareBasisPoints)) / 10_000n;
}

/** The terms as a sentence for both sides. */
export function cancellationSentence({ freeSeconds, shareBasisPoints }: Cancellation): string {
  return (
    `Free until ${formatSpan(freeSeconds)} before it begins. After that, or if its renter gives it back early, ` +
    `at least ${shareBasisPoints / 100} % of the price of its GPUs is paid, counted over its first 24 hours.`
  );
}
