import { type Micros, minMicros } from '#lib/base/money.ts';
import { SECOND, secondsBetween } from '#lib/base/time.ts';
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
  readonly toEnd: ToEnd;
  /** True for a window that is reserved: all that is wished is held, or it is not booked. */
  readonly whole?: boolean;
};

/** What may still be billed until a rental's GPUs go back; whether anything was billed before. */
export type ToEnd = { readonly seconds: number; readonly begun: boolean };

/** Statements come late by this much at most, ordinarily: what a hold leaves room for. */
const LATE_SECONDS = 3_600;

/**
 * What of a rental may still be billed: from the last second that was (an hour ago at most) until its end; of one that lies
 * ahead, from when it begins.
 */
export function toPay(endsAt: Date, billedUntil: Date | null, now: Date, startsAt: Date = now): ToEnd {
  const lateSeconds = billedUntil === null ? 0 : Math.min(LATE_SECONDS, Math.max(0, secondsBetween(billedUntil, now)));
  const seconds = Math.max(
    0,
    Math.ceil((endsAt.getTime() - Math.max(now.getTime(), startsAt.getTime())) / SECOND) + lateSeconds,
  );
  return { seconds, begun: billedUntil !== null };
}

/** The least that must be set aside for a rental to begin: an hour of it, and a day of its disk. */
export function leastHold(terms: Terms): Micros {
  return runningCost(terms, LEAST_HOLD_SECONDS) + diskReserve(terms);
}

/** What is held for a reserved window from when it is booked: its price, of a day at most, and a day of its disk. */
export function reservedHold(terms: Terms, toEnd: ToEnd): Micros {
  return wishedHold(terms, { chargedMicros: 0n, heldMicros: 0n, freeMicros: 0n, capMicros: null, toEnd });
}

/**
 * What is wished to be held: the renter's cap if there is one, else 24 h of cost; never more than the rental can cost until
 * its end, and never under one hour. Everything includes the price of keeping the disk for a day.
 */
function wishedHold(terms: Terms, { chargedMicros, capMicros, toEnd }: HoldFacts): Micros {
  // What was charged is a sum of two amounts rounded down: what is still to come may lie that much higher.
  const rounding = toEnd.begun ? 2n : 0n;
  const whole = runningCost(terms, Math.max(LEAST_HOLD_SECONDS, toEnd.seconds)) + rounding + diskReserve(terms);
  const bound = capMicros === null ? runningCost(terms, HOLD_SECONDS) + diskReserve(terms) : capMicros - chargedMicros;
  return minMicros(bound, whole);
}

/** What a rental begins with: what is wished, or as much of it as there is; one with a cap or reserved needs all of it. */
export function planHold(terms: Terms, facts: HoldFacts): HoldPlan | HoldProblem {
  // Whoever reserves takes time from others: a cap pays for as much of it as is held without one.
  const least = facts.whole === true ? wishedHold(terms, { ...facts, capMicros: null }) : leastHold(terms);
  const { chargedMicros, capMicros } = facts;
  const within = facts.freeMicros + facts.heldMicros;
  if (capMicros !== null && capMicros - chargedMicros < least)
    return { problem: 'capTooSmall', leastMicros: chargedMicros + least };
  const wished = wishedHold(terms, facts);
  const needed = capMicros === null && facts.whole !== true ? least : wished;
  if (within < needed) return { problem: 'short', neededMicros: needed - facts.heldMicros };
  return plan(terms, chargedMicros, minMicros(wished, within));
}

/** What runs a command to its end: how long it may run, and whether its disk is kept for a day afterwards. */
export type ExitPlan = { readonly runSeconds: number; readonly keepsDisk: boolean };

/** The least running time that is worth beginning with. */
export const LEAST_RUN_SECONDS = 60;

/**
 * What a booking that ends with its command begins with: exactly what its time can cost, and a day of its disk where that is
 * kept; less only under a cap, which then ends it earlier. It is never renewed.
 */
export function planHoldToExit(
  terms: Terms,
  exit: ExitPlan,
  facts: Pick<HoldFacts, 'capMicros' | 'freeMicros'>,
): HoldPlan | HoldProblem {
  const keep = exit.keepsDisk ? diskReserve(terms) : 0n;
  const least = runningCost(terms, Math.min(LEAST_RUN_SECONDS, exit.runSeconds)) + keep;
  const whole = runningCost(terms, exit.runSeconds) + keep;
  const heldMicros = facts.capMicros === null ? whole : minMicros(facts.capMicros, whole);
  if (heldMicros < least) return { problem: 'capTooSmall', leastMicros: least };
  if (facts.freeMicros < heldMicros) return { problem: 'short', neededMicros: heldMicros };
  return { heldMicros, ceilingMicros: heldMicros - keep };
}

function plan(terms: Terms, chargedMicros: Micros, heldMicros: Micros): HoldPlan {
  return { heldMicros, ceilingMicros: chargedMicros + heldMicros - diskReserve(terms) };
}

/**
 * What a running rental should hold from now on, when its hold runs low: less than half a day, and less than what it can
 * cost until its end. Null when it lasts, or when not even a minute more can be paid.
 */
export function renewal(terms: Terms, facts: HoldFacts): HoldPlan | null {
  if (facts.heldMicros - diskReserve(terms) >= runningCost(terms, HOLD_SECONDS / 2)) return null;
  const held = minMicros(wishedHold(terms, facts), facts.heldMicros + facts.freeMicros);
  if (held - facts.heldMicros < runningCost(terms, 60)) return null;
  return plan(terms, facts.chargedMicros, held);
}

/** Whether it is the renter's cap at which a rental stops, and not the money that there is: it leaves no minute more. */
export function isBoundByCap(terms: Terms, capMicros: Micros | null, ceilingMicros: Micros): boolean {
  return capMicros !== null && ceilingMicros + diskReserve(terms) + runningCost(terms, 60) > capMicros;
}

/** What to hold for a stopped rental: a day of its disk, as far as money and cap allow. */
export function stoppedHold(terms: Terms, facts: Omit<HoldFacts, 'toEnd'>): Micros {
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
