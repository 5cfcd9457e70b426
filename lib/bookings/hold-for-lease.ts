import { formatDollars, type Micros } from '#lib/base/money.ts';
import { orRefusal, orThrow, Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { lockWallet, lockWallets, postHolds, releaseHold } from '#lib/ledger/hold-money.ts';
import { renterMoney } from '#lib/ledger/queries/renter-money.ts';
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
  const [hold] = await holdForLeases(tx, [ask], now);
  if (hold === undefined) throw new Error('nothing was held');
  return hold;
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

/** Step: `holdForLease` for many at once, one after the other where they are of one renter: all of them, or a refusal and none. */
export async function holdForLeases(tx: Tx, asks: readonly HoldAsk[], now: Date): Promise<LeaseHold[]> {
  const { wallets, plans } = await planHolds(tx, asks, now);
  return [
    ...(
      await post(
        tx,
        plans.map((plan) => orThrow(plan)),
        wallets,
        now,
      )
    ).values(),
  ];
}

/** Step: the same for many who do not know of each other: each its hold, or its refusal and nothing held for it. */
export async function holdForEachLease(tx: Tx, asks: readonly HoldAsk[], now: Date): Promise<(LeaseHold | Refusal)[]> {
  const { wallets, plans } = await planHolds(tx, asks, now);
  const payable = plans.filter((plan): plan is Planned => !(plan instanceof Refusal));
  const held = await post(tx, payable, wallets, now);
  return plans.map((plan) => (plan instanceof Refusal ? plan : heldFor(plan, held)));
}

type Planned = { readonly ask: HoldAsk; readonly plan: HoldPlan; readonly moreMicros: Micros };
type Wallets = Awaited<ReturnType<typeof lockWallets>>;

async function planHolds(
  tx: Tx,
  asks: readonly HoldAsk[],
  now: Date,
): Promise<{ readonly wallets: Wallets; readonly plans: readonly (Planned | Refusal)[] }> {
  const renterIds = asks.map(({ renterId }) => renterId);
  const wallets = await lockWallets(tx, renterIds, now);
  const money = await renterMoney(tx, renterIds, now);
  const taken = new Map<string, Micros>();
  const planned = (ask: HoldAsk): Planned => {
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
    taken.set(renterId, before + moreMicros);
    return { ask, plan, moreMicros };
  };
  return { wallets, plans: asks.map((ask) => orRefusal(() => planned(ask))) };
}

function heldFor({ ask }: Planned, held: ReadonlyMap<string, LeaseHold>): LeaseHold {
  const hold = held.get(ask.key);
  if (hold === undefined) throw new Error(`nothing was held for ${ask.key}`);
  return hold;
}

/** What was held, by the keys of the asks, in their order. */
async function post(
  tx: Tx,
  plans: readonly Planned[],
  wallets: Wallets,
  now: Date,
): Promise<ReadonlyMap<string, LeaseHold>> {
  const more = plans.filter(({ moreMicros }) => moreMicros > 0n);
  const ids = await postHolds(
    tx,
    more.map(({ ask, moreMicros }) => ({ ...ask, holdId: ask.lease?.holdId, amountMicros: moreMicros })),
    wallets,
    now,
  );
  const posted = new Map(more.map(({ ask }, at) => [ask.key, ids[at]]));
  const held = new Map<string, LeaseHold>();
  for (const { ask, plan, moreMicros } of plans) {
    const holdId = ask.lease?.holdId ?? posted.get(ask.key);
    if (holdId === undefined) throw new Error('a new lease holds nothing');
    if (moreMicros < 0n) await releaseHold(tx, { ...ask, holdId, amountMicros: -moreMicros }, now);
    held.set(ask.key, { ...plan, holdId });
  }
  return held;
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
      capMicros: `A cap covers at least ${exit === undefined ? 'an hour and a day of the disk' : 'a minute'}: ${formatDollars(plan.leastMicros)}.`,
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
