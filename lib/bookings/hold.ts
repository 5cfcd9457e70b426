import { type Micros, minMicros } from '#lib/base/money.ts';
import { diskReserve, HOLD_SECONDS, LEAST_HOLD_SECONDS, runningCost, stoppedCost, type Terms } from './terms.ts';

/**
 * How much is set aside for a lease. `heldMicros` is all that may still be captured; `ceilingMicros` bounds what GPU and
 * disk together cost while running, counted from the beginning of the lease; the rest of the hold keeps the disk.
 */
export type HoldPlan = { readonly heldMicros: Micros; readonly ceilingMicros: Micros };

export type HoldProblem =
  | { readonly problem: 'capTooSmall'; readonly leastMicros: Micros }
  | { readonly problem: 'short'; readonly neededMicros: Micros };

export type HoldFacts = {
  /** What was charged under this lease so far. */
  readonly chargedMicros: Micros;
  /** What is held for it already. */
  readonly heldMicros: Micros;
  /** The renter's cap over the whole rental. */
  readonly capMicros: Micros | null;
  /** Money of the renter that is free. */
  readonly freeMicros: Micros;
};

/** The least that must be set aside for a rental to begin: an hour of it, and a day of its disk. */
export function leastHold(terms: Terms): Micros {
  return runningCost(terms, LEAST_HOLD_SECONDS) + diskReserve(terms);
}

/**
 * What a rental begins with: the renter's cap if there is one, else the smaller of 24 h of cost and the free balance; never
 * under one hour. Everything includes the price of keeping the disk for a day.
 */
export function planHold(terms: Terms, facts: HoldFacts): HoldPlan | HoldProblem {
  const least = leastHold(terms);
  const { chargedMicros, capMicros } = facts;
  const within = facts.freeMicros + facts.heldMicros;
  if (capMicros !== null) {
    const held = capMicros - chargedMicros;
    if (held < least) return { problem: 'capTooSmall', leastMicros: chargedMicros + least };
    if (held > within) return { problem: 'short', neededMicros: held - facts.heldMicros };
    return plan(terms, chargedMicros, held);
  }
  if (within < least) return { problem: 'short', neededMicros: least - facts.heldMicros };
  const wanted = runningCost(terms, HOLD_SECONDS) + diskReserve(terms);
  return plan(terms, chargedMicros, minMicros(wanted, within));
}

function plan(terms: Terms, chargedMicros: Micros, heldMicros: Micros): HoldPlan {
  return { heldMicros, ceilingMicros: chargedMicros + heldMicros - diskReserve(terms) };
}

/**
 * What to add to the hold of a running rental without a cap, so that it lasts another 24 h: null when it still lasts half
 * of that, or when not even a minute more can be paid.
 */
export function renewal(terms: Terms, facts: HoldFacts): HoldPlan | null {
  if (facts.capMicros !== null) return null;
  const reserve = diskReserve(terms);
  const left = facts.heldMicros - reserve;
  if (left >= runningCost(terms, HOLD_SECONDS / 2)) return null;
  const wanted = runningCost(terms, HOLD_SECONDS) + reserve;
  const held = minMicros(wanted, facts.heldMicros + facts.freeMicros);
  if (held - facts.heldMicros < runningCost(terms, 60)) return null;
  return plan(terms, facts.chargedMicros, held);
}

/** What to hold for a stopped rental: a day of its disk, as far as money and cap allow. */
export function stoppedHold(terms: Terms, facts: HoldFacts): Micros {
  const bound = facts.capMicros === null ? null : facts.capMicros - facts.chargedMicros;
  const wanted = bound === null ? diskReserve(terms) : minMicros(diskReserve(terms), bound < 0n ? 0n : bound);
  return minMicros(wanted, facts.heldMicros + facts.freeMicros);
}

/** For how many whole seconds an amount pays at the rate of a running or a stopped rental; null when nothing is paid. */
export function secondsPaid(terms: Terms, state: 'running' | 'stopped', micros: Micros): number | null {
  const perHour = state === 'running' ? runningCost(terms, 3_600) : null;
  const perMonth = perHour === null ? stoppedCost(terms, 2_592_000) : perHour * 720n;
  if (perMonth === 0n) return null;
  return micros <= 0n ? 0 : Number((micros * 2_592_000n) / perMonth);
}
