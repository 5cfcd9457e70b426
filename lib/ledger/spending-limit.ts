import { formatDollars, MICROS_PER_DOLLAR, type Micros, minMicros } from '#lib/base/money.ts';
import { DAY, isBefore, utcWords } from '#lib/base/time.ts';

/** A payment raises the limit this long after it settled: most cards that were stolen are reported by then. */
export const RIPE_DAYS = 3;
/** An account of this age whose ripe payments came to what a new one may spend has no limit any more. */
export const FREE_AFTER_DAYS = 30;
/** An account that staff look at spends at most this a day until it is cleared, however old it is and whatever it paid. */
export const FLAGGED_MICROS = 25n * MICROS_PER_DOLLAR;

export type SpendingFacts = {
  /** What an account may spend a day before it has paid anything; null where a market sets no limit. */
  readonly newAccountMicros: Micros | null;
  readonly accountCreatedAt: Date;
  /** Something about it looks risky, and nobody has cleared it yet. */
  readonly flagged?: boolean | undefined;
  /** Payments of real money that settled and were not charged back, less what went back to their cards. */
  readonly payments: readonly { readonly micros: Micros; readonly settledAt: Date }[];
  /** Set aside now. */
  readonly heldMicros: Micros;
  /** Used in the last 24 hours. */
  readonly usedMicros: Micros;
};

/** How much an account may set aside and use within 24 hours. */
export type Spending = {
  /** Null: no limit. */
  readonly mostMicros: Micros | null;
  /** Of it, set aside now and used in the last 24 hours. */
  readonly takenMicros: Micros;
  /** What is left of it; null without a limit, never below zero. */
  readonly leftMicros: Micros | null;
  /** When it rises next, and to what (null: no limit); null when nothing is known that raises it. */
  readonly rises: { readonly at: Date; readonly toMicros: Micros | null } | null;
  /** The limit is that of an account which staff look at. */
  readonly flagged?: boolean;
};

/**
 * The limit of an account: what a new one may spend a day, and as much more as it has paid in, each payment three days after
 * it settled; none after thirty days for whoever has paid that much. What is set aside counts, what came back does not.
 */
export function spendingOf(facts: SpendingFacts, now: Date): Spending {
  const mostMicros = limitAt(facts, now);
  const takenMicros = facts.heldMicros + facts.usedMicros;
  if (facts.flagged === true) return flaggedSpending(facts, takenMicros);
  if (mostMicros === null) return { mostMicros, takenMicros, leftMicros: null, rises: null };
  const left = mostMicros - takenMicros;
  return { mostMicros, takenMicros, leftMicros: left < 0n ? 0n : left, rises: nextRise(facts, mostMicros, now) };
}

function flaggedSpending({ newAccountMicros }: SpendingFacts, takenMicros: Micros): Spending {
  const mostMicros = newAccountMicros === null ? FLAGGED_MICROS : minMicros(newAccountMicros, FLAGGED_MICROS);
  const leftMicros = takenMicros > mostMicros ? 0n : mostMicros - takenMicros;
  return { mostMicros, takenMicros, leftMicros, rises: null, flagged: true };
}

function ripeAt(settledAt: Date): Date {
  return new Date(settledAt.getTime() + RIPE_DAYS * DAY);
}

function limitAt({ newAccountMicros, accountCreatedAt, payments }: SpendingFacts, now: Date): Micros | null {
  if (newAccountMicros === null) return null;
  const ripe = payments
    .filter(({ settledAt }) => !isBefore(now, ripeAt(settledAt)))
    .reduce((sum, { micros }) => sum + micros, 0n);
  const old = now.getTime() - accountCreatedAt.getTime() >= FREE_AFTER_DAYS * DAY;
  return old && ripe >= newAccountMicros && ripe > 0n ? null : newAccountMicros + ripe;
}

function nextRise(facts: SpendingFacts, mostMicros: Micros, now: Date): Spending['rises'] {
  const instants = [
    ...facts.payments.map(({ settledAt }) => ripeAt(settledAt)),
    new Date(facts.accountCreatedAt.getTime() + FREE_AFTER_DAYS * DAY),
  ];
  const coming = instants.filter((at) => isBefore(now, at)).toSorted((a, b) => a.getTime() - b.getTime());
  for (const at of coming) {
    const toMicros = limitAt(facts, at);
    if (toMicros === null || toMicros > mostMicros) return { at, toMicros };
  }
  return null;
}

/** What is left of a limit when so much more is set aside, as if it were counted anew. */
export function spendingAfter(spending: Spending, moreMicros: Micros): Spending {
  const { mostMicros } = spending;
  const takenMicros = spending.takenMicros + moreMicros;
  if (mostMicros === null) return { ...spending, takenMicros };
  return { ...spending, takenMicros, leftMicros: takenMicros > mostMicros ? 0n : mostMicros - takenMicros };
}

/** What of free money may be set aside now. */
export function spendable(freeMicros: Micros, { leftMicros }: Pick<Spending, 'leftMicros'>): Micros {
  return leftMicros === null ? freeMicros : minMicros(freeMicros, leftMicros);
}

/** The same beside so much that is kept for something else: never below zero. */
export function spendableBeside(freeMicros: Micros, spending: Spending, keptMicros: Micros): Micros {
  const rest = freeMicros > keptMicros ? freeMicros - keptMicros : 0n;
  return spendable(rest, spendingAfter(spending, keptMicros));
}

/** The limit in sentences: how much, what is left, and when it rises. Empty without a limit. */
export function limitSentence({ mostMicros, leftMicros, rises, flagged }: Spending): string {
  if (mostMicros === null || leftMicros === null) return '';
  if (flagged === true)
    return `The operators look at this account: until they have, it sets aside and uses at most ${formatDollars(mostMicros)} in 24 hours; ${formatDollars(leftMicros)} of that is left.`;
  const most = `A new account sets aside and uses at most ${formatDollars(mostMicros)} in 24 hours; ${formatDollars(leftMicros)} of that is left.`;
  if (rises === null) return `${most} Each payment raises it, ${RIPE_DAYS} days after it settled.`;
  const at = utcWords(rises.at);
  return rises.toMicros === null
    ? `${most} It ends at ${at}.`
    : `${most} It rises to ${formatDollars(rises.toMicros)} at ${at}.`;
}
