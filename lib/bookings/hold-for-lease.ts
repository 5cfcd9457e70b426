import { newId } from '#lib/base/id.ts';
import { formatDollars, type Micros } from '#lib/base/money.ts';
import { orRefusal, orThrow, Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { inOneGo } from '#lib/io/prepared.ts';
import { lockWallet, lockWallets, postHolds, releaseHold, type Wallet } from '#lib/ledger/hold-money.ts';
import { type RenterMoney, renterMoney } from '#lib/ledger/queries/renter-money.ts';
import { requireCovered } from '#lib/ledger/queries/uncovered.ts';
import { limitSentence, type Spending, spendable, spendingAfter } from '#lib/ledger/spending-limit.ts';
import { type ExitPlan, type HoldPlan, planHold, planHoldToExit, toPay } from './hold.ts';
import type { Terms } from './terms.ts';

export type LeaseHold = { readonly holdId: string; readonly heldMicros: Micros; readonly ceilingMicros: Micros };

export type HoldAsk = {
  readonly renterId: string;
  readonly bookingId: string;
  readonly terms: Terms;
  readonly capMicros: Micros | null;
  /** When its GPUs are its own, now if left out, and when they go back at the latest. */
  readonly startsAt?: Date;
  readonly endsAt: Date;
  /** True for a reserved window: all that is wished is held, or nothing. */
  readonly whole?: boolean;
  readonly key: string;
  /** True for what the market begins by itself: money that is kept for a booking its renter looks at is left alone. */
  readonly byItself?: boolean;
  /** Set for what ends with its command. */
  readonly exit?: ExitPlan | undefined;
  /** What the lease has already; left out for a new one. */
  readonly lease?: {
    readonly holdId: string;
    readonly heldMicros: Micros;
    readonly chargedMicros: Micros;
    readonly billedUntil: Date | null;
  };
};

/**
 * Step: sets aside what a rental begins with, by the rule of `planHold` or `planHoldToExit`, on top of what is held already. Refuses with
 * `insufficientFunds` (what is needed and what is free), `spendingLimit` when the money is there and the account is too new
 * to set so much of it aside, `chargebackUncovered`, or `badInput` when the cap is too small.
 */
export async function holdForLease(tx: Tx, ask: HoldAsk, now: Date): Promise<LeaseHold> {
  const [plan] = planHolds(await lockPurses(tx, [ask.renterId], now), [ask], now).map((one) => orThrow(one));
  if (plan === undefined) throw new Error('nothing was planned');
  await postHoldPlans(tx, [plan], now);
  return plan.hold;
}

/**
 * Step: what `holdForLease` would set aside for something new, with its refusals; nothing moves. Its renter's wallet stays
 * locked until the transaction ends.
 */
export async function wouldHold(tx: Tx, ask: Omit<HoldAsk, 'bookingId' | 'key' | 'lease'>, now: Date): Promise<Micros> {
  const wallet = await lockWallet(tx, ask.renterId, now);
  const facts = (await renterMoney(tx, [ask.renterId], now)).get(ask.renterId);
  if (facts === undefined) throw new Error(`no renter ${ask.renterId}`);
  requireCovered(facts);
  return planOrRefuse(ask, { ...facts, freeMicros: wallet.freeMicros, keptMicros: 0n }, now).heldMicros;
}

/** A hold that is decided and not yet posted. Its wallet is locked. */
export type PlannedHold = {
  readonly ask: HoldAsk;
  /** What is held when it is posted. */
  readonly hold: LeaseHold;
  readonly moreMicros: Micros;
  readonly wallet: Wallet;
};

/** What renters have and may set aside, their wallets locked. */
export type Purses = {
  readonly wallets: ReadonlyMap<string, Wallet>;
  readonly money: ReadonlyMap<string, RenterMoney>;
};

/** Step: locks the wallets of renters until the transaction ends, after every lock on bookings, and says what they may set aside. */
export async function lockPurses(tx: Tx, renterIds: readonly string[], now: Date): Promise<Purses> {
  // The money is looked at after the lock is had; whoever has no wallet yet has paid nothing either.
  const [wallets, money] = await inOneGo([lockWallets(tx, renterIds, now), renterMoney(tx, renterIds, now)]);
  return { wallets, money };
}

/**
 * Decides the holds of many whose purses are locked, one after the other where they are of one renter: each its plan, or its refusal.
 * Nothing moves before `postHoldPlans`.
 */
export function planHolds({ wallets, money }: Purses, asks: readonly HoldAsk[], now: Date): (PlannedHold | Refusal)[] {
  const taken = new Map<string, Micros>();
  const planned = (ask: HoldAsk): PlannedHold => {
    const { renterId, lease } = ask;
    const wallet = wallets.get(renterId);
    const facts = money.get(renterId);
    if (wallet === undefined || facts === undefined) throw new Error(`no renter ${renterId}`);
    requireCovered(facts);
    const before = taken.get(renterId) ?? 0n;
    const keptMicros = ask.byItself === true ? facts.keptMicros : 0n;
    const others = before + keptMicros;
    const freeMicros = wallet.freeMicros > others ? wallet.freeMicros - others : 0n;
    const spending = spendingAfter(facts.spending, others);
    const plan = planOrRefuse(ask, { freeMicros, keptMicros, spending }, now);
    const moreMicros = plan.heldMicros - (lease?.heldMicros ?? 0n);
    if (lease === undefined && moreMicros <= 0n) throw new Error('a new lease holds nothing');
    taken.set(renterId, before + moreMicros);
    const hold = { ...plan, holdId: lease?.holdId ?? newId('transfer', now) };
    return { ask, hold, moreMicros, wallet };
  };
  return asks.map((ask) => orRefusal(() => planned(ask)));
}

/** Step: sets aside what was planned, or gives back what is more than that. */
export async function postHoldPlans(tx: Tx, plans: readonly PlannedHold[], now: Date): Promise<void> {
  const more = plans.filter(({ moreMicros }) => moreMicros > 0n);
  const ids = await postHolds(
    tx,
    more.map(({ ask, hold: { holdId }, moreMicros }) => ({
      ...ask,
      ...(ask.lease === undefined ? { id: holdId } : { holdId }),
      amountMicros: moreMicros,
    })),
    new Map(more.map(({ ask, wallet }) => [ask.renterId, wallet])),
    now,
  );
  for (const [at, { ask, hold }] of more.entries()) {
    if (ask.lease === undefined && ids[at] !== hold.holdId) throw new Error('this lease held something before');
  }
  for (const { ask, hold, moreMicros } of plans) {
    if (moreMicros < 0n) await releaseHold(tx, { ...ask, holdId: hold.holdId, amountMicros: -moreMicros }, now);
  }
}

function leastCapWords({ exit, whole }: Pick<HoldAsk, 'exit' | 'whole'>): string {
  if (exit !== undefined) return 'a minute';
  return whole === true ? 'the first 24 hours of a window and a day of the disk' : 'an hour and a day of the disk';
}

type Purse = { readonly freeMicros: Micros; readonly keptMicros: Micros; readonly spending: Spending };

function planOrRefuse(ask: Omit<HoldAsk, 'bookingId' | 'key'>, purse: Purse, now: Date): HoldPlan {
  const { lease, exit } = ask;
  const { freeMicros, keptMicros, spending } = purse;
  const facts = {
    chargedMicros: lease?.chargedMicros ?? 0n,
    heldMicros: lease?.heldMicros ?? 0n,
    capMicros: ask.capMicros,
    freeMicros: spendable(freeMicros, spending),
  };
  const toEnd = toPay(ask.endsAt, lease?.billedUntil ?? null, now, ask.startsAt);
  const plan =
    exit === undefined
      ? planHold(ask.terms, { ...facts, toEnd, whole: ask.whole === true })
      : planHoldToExit(ask.terms, exit, facts);
  if (!('problem' in plan)) return plan;
  if (plan.problem === 'capTooSmall')
    throw new Refusal('badInput', {
      capMicros: `A cap covers at least ${leastCapWords(ask)}: ${formatDollars(plan.leastMicros)}.`,
    });
  if (freeMicros >= plan.neededMicros)
    throw new Refusal(
      'spendingLimit',
      { neededMicros: plan.neededMicros.toString(), leftMicros: spending.leftMicros?.toString() ?? null },
      `This sets ${formatDollars(plan.neededMicros)} aside. ${limitSentence(spending)}`,
    );
  throw new Refusal(
    'insufficientFunds',
    { neededMicros: plan.neededMicros.toString(), freeMicros: freeMicros.toString() },
    `This needs ${formatDollars(plan.neededMicros)} in the wallet; ${formatDollars(freeMicros)} is free. ${
      keptMicros === 0n
        ? 'Top up and try again.'
        : `${formatDollars(keptMicros)} more is kept for a booking that is looked at, for five minutes at most.`
    }`,
  );
}
