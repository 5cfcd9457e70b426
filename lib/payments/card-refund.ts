import { formatDollars, type Micros, minMicros } from '#lib/base/money.ts';

export const CARD_REFUND_STATES = ['asked', 'sent', 'settled', 'failed'] as const;
/** asked: the provider has not taken it yet. sent: it has. settled: it says that the card got it. failed: the money is back in the wallet. */
export type CardRefundState = (typeof CARD_REFUND_STATES)[number];

/** A payment and how much of it can still go back to its card. */
export type RefundablePayment = { readonly topUpId: string; readonly coversMicros: Micros };
export type RefundPart = { readonly topUpId: string; readonly amountMicros: Micros };

/** How a refund stands at the provider. */
export type CardRefundFacts = {
  readonly refundId: string;
  /** Our row, as we told the provider; null: not made by us. */
  readonly ownId: string | null;
  /** What it gives back of: the payment, or its charge, at the provider. */
  readonly paymentIntentId: string | null;
  readonly chargeId: string | null;
  readonly status: 'pending' | 'arrived' | 'failed';
  readonly amountMicros: Micros;
  readonly failure: string | null;
};

/** The most that can go back to cards now: free money, as far as payments cover it, in whole cents. */
export function refundableMicros(freeMicros: Micros, payments: readonly RefundablePayment[]): Micros {
  const covered = payments.reduce((sum, payment) => sum + payment.coversMicros, 0n);
  const most = minMicros(freeMicros, covered);
  return most - (most % 10_000n);
}

/** What is wrong with an amount to give back, as a sentence, or null. */
export function refundProblem(amountMicros: Micros, mostMicros: Micros): string | null {
  if (amountMicros <= 0n) return 'Write an amount above zero.';
  if (amountMicros % 10_000n !== 0n) return 'Write an amount in whole cents.';
  if (amountMicros <= mostMicros) return null;
  return mostMicros === 0n
    ? 'Nothing can go back to a card: only free money that was paid in by card can.'
    : `At most ${formatDollars(mostMicros)} can go back to your cards now.`;
}

/**
 * Which payments an amount goes back by: the newest first, because banks take refunds of young payments best, and each up to what it still covers.
 * `payments` stand newest first and cover the amount.
 */
export function splitRefund(amountMicros: Micros, payments: readonly RefundablePayment[]): RefundPart[] {
  let left = amountMicros;
  const parts: RefundPart[] = [];
  for (const { topUpId, coversMicros } of payments) {
    const whole = coversMicros - (coversMicros % 10_000n);
    const part = minMicros(left, whole);
    if (part <= 0n) continue;
    parts.push({ topUpId, amountMicros: part });
    left -= part;
  }
  if (left > 0n) throw new RangeError(`${left} of ${amountMicros} is covered by no payment`);
  return parts;
}

/** How far a state is: none goes back. */
export const CARD_REFUND_RANK: Readonly<Record<CardRefundState, number>> = { asked: 0, sent: 1, settled: 2, failed: 3 };
