/** What giving a reserved window back costs, once: the market takes it by this, anybody recomputes it by this. Amounts are micro-dollars. */
import { gpuCharge } from './charge.ts';

/** Until when giving a window back is free, and what of its price is paid at least after that. */
export type CancellationTerms = {
  /** Free until this long before the window begins. */
  readonly freeSeconds: number;
  /** Of the price of the window's GPUs, at most of its first 24 hours; 100 are 1 %. */
  readonly shareBasisPoints: number;
};

/** Whoever reserves for soon has this long to think again, as long as the window has not begun. */
export const SECOND_THOUGHT_SECONDS = 900;
/** The share is taken of the price of this much of a window at most: as much as is set aside for it. */
export const CANCELLATION_BASE_SECONDS = 86_400;

type Window = { readonly startsAtMs: number; readonly endsAtMs: number };

/** Until when a window is given back for nothing (milliseconds of the epoch): some time before it begins, or soon after it was booked. */
export function freeUntilMs(terms: CancellationTerms, startsAtMs: number, bookedAtMs: number): number {
  const thought = Math.min(startsAtMs, bookedAtMs + SECOND_THOUGHT_SECONDS * 1_000);
  return Math.max(startsAtMs - terms.freeSeconds * 1_000, thought);
}

/** The least that a window costs once giving it back is not free: the share, rounded down. */
export function leastPaid(
  terms: CancellationTerms,
  gpus: { readonly gpuCount: number; readonly priceMicrosPerGpuHour: bigint },
  window: Window,
): bigint {
  const length = secondsIn(window.startsAtMs, window.endsAtMs);
  const seconds = Math.min(CANCELLATION_BASE_SECONDS, length) * gpus.gpuCount;
  return (gpuCharge(gpus.priceMicrosPerGpuHour, BigInt(seconds)) * BigInt(terms.shareBasisPoints)) / 10_000n;
}

export type GivingBack = Window & {
  readonly atMs: number;
  readonly bookedAtMs: number;
  /** What was charged until then, and until when; or since when it could be used; null: it never could. */
  readonly chargedMicros: bigint;
  readonly billedUntilMs: number | null;
};

/**
 * What whoever gives a window back pays for that: the share, less what it has cost and what may have been used since, so that
 * nobody pays more than the share, or than what they used. Zero in time, and once the window is over.
 */
export function dueForGivingBack(
  terms: CancellationTerms,
  gpus: { readonly gpuCount: number; readonly priceMicrosPerGpuHour: bigint },
  facts: GivingBack,
): bigint {
  const { atMs, startsAtMs, endsAtMs, bookedAtMs, chargedMicros, billedUntilMs } = facts;
  if (atMs < freeUntilMs(terms, startsAtMs, bookedAtMs) || atMs >= endsAtMs) return 0n;
  const seconds = billedUntilMs === null ? 0 : secondsIn(billedUntilMs, atMs);
  const unbilled = gpuCharge(gpus.priceMicrosPerGpuHour, BigInt(seconds * gpus.gpuCount));
  const due = leastPaid(terms, gpus, facts) - chargedMicros - unbilled;
  return due > 0n ? due : 0n;
}

function secondsIn(fromMs: number, toMs: number): number {
  return Math.max(0, Math.floor((toMs - fromMs) / 1_000));
}
