import { formatDollars, type Micros } from '#lib/base/money.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

/** What the operators set about payouts, and every host reads before it applies. */
export type PayoutTerms = {
  readonly minimumMicros: Micros;
  /** The day of the weekly payout, 1 (Monday) to 7 (Sunday), and its hour in UTC. */
  readonly weekday: number;
  readonly hour: number;
  /** The share of a new host's earnings that is kept back for a while: 1000 are 10 %. */
  readonly reserveBasisPoints: number;
  readonly reserveDays: number;
  /** For how many days after the first earnings a host counts as new. */
  readonly newHostDays: number;
};

/** A host's money as the books say it. */
export type HostMoney = {
  /** What the host is owed; below zero after a refund of what had been paid out. */
  readonly payableMicros: Micros;
  /** What is kept back now. */
  readonly reserveMicros: Micros;
  /** Everything ever earned, less what was refunded: owed, kept back and paid out together. */
  readonly earnedMicros: Micros;
  /** What had been earned when something was last kept back: a share is kept of each dollar once. */
  readonly reservedUpToMicros: Micros;
  readonly firstEarnedAt: Date | null;
};

const CENT_MICROS = 10_000n;

/** Whether a host is still new at `now`: earned nothing yet, or for the first time less than `newHostDays` ago. */
export function isNewHost(money: Pick<HostMoney, 'firstEarnedAt'>, terms: PayoutTerms, now: Date): boolean {
  const { firstEarnedAt } = money;
  return firstEarnedAt === null || now.getTime() < firstEarnedAt.getTime() + terms.newHostDays * DAY;
}

/**
 * What a payout at `now` would keep back and could pay. What is kept back is a share of what was earned since the last time;
 * what can be paid is whole cents and never below zero. Both together are never more than what is owed.
 */
export function payableNow(
  money: HostMoney,
  terms: PayoutTerms,
  now: Date,
): { readonly keptBackMicros: Micros; readonly availableMicros: Micros } {
  const owed = money.payableMicros > 0n ? money.payableMicros : 0n;
  const fresh = money.earnedMicros - money.reservedUpToMicros;
  const share = fresh > 0n && isNewHost(money, terms, now) ? (fresh * BigInt(terms.reserveBasisPoints)) / 10_000n : 0n;
  const keptBackMicros = share < owed ? share : owed;
  const rest = owed - keptBackMicros;
  return { keptBackMicros, availableMicros: rest - (rest % CENT_MICROS) };
}

/** The last weekly instant at or before `now`. */
export function lastWeekly(terms: PayoutTerms, now: Date): Date {
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const today = now.getUTCDay() === 0 ? 7 : now.getUTCDay();
  const at = midnight + (terms.weekday - today) * DAY + terms.hour * HOUR;
  return new Date(at <= now.getTime() ? at : at - 7 * DAY);
}

/** The first weekly instant after `now`. */
export function nextWeekly(terms: PayoutTerms, now: Date): Date {
  return new Date(lastWeekly(terms, now).getTime() + 7 * DAY);
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** The terms as sentences for a host. */
export function payoutTermsSentences(terms: PayoutTerms): readonly string[] {
  const when = `${WEEKDAYS[terms.weekday - 1] ?? 'Monday'}s at ${String(terms.hour).padStart(2, '0')}:00 UTC`;
  const percent = Number((terms.reserveBasisPoints / 100).toFixed(2));
  return [
    `Payouts go out on ${when}, and whenever you ask for one in between. The least is ${formatDollars(terms.minimumMicros)}.`,
    'One payout is on its way at a time.',
    ...(percent === 0 || terms.newHostDays === 0
      ? []
      : [
          `In the first ${terms.newHostDays} days after your first earnings, each payout keeps ${percent} % of what you earned since the last one back for ${terms.reserveDays} days, against refunds and chargebacks. Then it is yours to be paid out.`,
        ]),
    'What a renter contests within 7 days is set aside until it is decided, and is not part of a payout.',
    'If a refund takes your balance below zero, it is carried: later earnings make up for it before anything is paid out.',
  ];
}

export type PayoutAsk = {
  readonly suspended: boolean;
  readonly payableMicros: Micros;
  readonly availableMicros: Micros;
  readonly inFlight: boolean;
  /** Why the host's account at the provider cannot be paid to; null when it can. */
  readonly accountProblem: string | null;
};

/** Why a host cannot be paid out now. The page's button and the command ask the same. */
export function whyNotPayOut(ask: PayoutAsk, terms: PayoutTerms): WhyNot | null {
  const no = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });
  if (ask.suspended)
    return {
      reason: 'suspended',
      sentence: 'This account is suspended: nothing is paid out, and nothing is lost. Contact the operators.',
    };
  if (ask.inFlight) return no('A payout is on its way. The next one can begin when it has arrived.');
  if (ask.payableMicros < 0n)
    return no(
      `Your balance is ${formatDollars(ask.payableMicros)}: refunds took more than you were owed. New earnings make up for it first.`,
    );
  if (ask.accountProblem !== null) return no(ask.accountProblem);
  if (ask.availableMicros < terms.minimumMicros || ask.availableMicros === 0n)
    return no(
      `A payout is at least ${formatDollars(terms.minimumMicros)}; ${formatDollars(ask.availableMicros)} is ready so far.`,
    );
  return null;
}

/** What is wrong with the amount of a payout, as a sentence, or null. */
export function payoutAmountProblem(
  amountMicros: Micros,
  availableMicros: Micros,
  terms: Pick<PayoutTerms, 'minimumMicros'>,
): string | null {
  if (amountMicros <= 0n) return 'Write an amount above zero.';
  if (amountMicros % CENT_MICROS !== 0n) return 'Write an amount in whole cents.';
  if (amountMicros > availableMicros) return `At most ${formatDollars(availableMicros)} can be paid out now.`;
  return amountMicros < terms.minimumMicros ? `A payout is at least ${formatDollars(terms.minimumMicros)}.` : null;
}
