import { formatDollars, type Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { holdMoney, lockWallet, releaseHold } from '#lib/ledger/hold-money.ts';
import { spendingIn } from '#lib/ledger/queries/spending-limit.ts';
import { requireCovered } from '#lib/ledger/queries/uncovered.ts';
import { limitSentence, spendable } from '#lib/ledger/spending-limit.ts';
import { type ExitPlan, planHold, planHoldToExit, toPay } from './hold.ts';
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
  const { renterId, bookingId, lease, key } = ask;
  const { freeMicros } = await lockWallet(tx, renterId, now);
  await requireCovered(tx, renterId);
  const heldMicros = lease?.heldMicros ?? 0n;
  const chargedMicros = lease?.chargedMicros ?? 0n;
  const spending = await spendingIn(tx, renterId, now);
  const toEnd = toPay(ask.endsAt, lease?.billedUntil ?? null, now, ask.startsAt);
  const facts = { chargedMicros, heldMicros, capMicros: ask.capMicros, freeMicros: spendable(freeMicros, spending) };
  const plan =
    ask.exit === undefined
      ? planHold(ask.terms, { ...facts, toEnd, whole: ask.whole === true })
      : planHoldToExit(ask.terms, ask.exit, facts);
  if ('problem' in plan) {
    if (plan.problem === 'capTooSmall')
      throw new Refusal('badInput', {
        capMicros: `A cap covers at least ${ask.exit === undefined ? 'an hour and a day of the disk' : 'a minute'}: ${formatDollars(plan.leastMicros)}.`,
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
      `This needs ${formatDollars(plan.neededMicros)} in the wallet; ${formatDollars(freeMicros)} is free. Top up and try again.`,
    );
  }
  const moreMicros = plan.heldMicros - heldMicros;
  if (moreMicros > 0n) {
    const id = await holdMoney(tx, { renterId, bookingId, holdId: lease?.holdId, amountMicros: moreMicros, key }, now);
    return { ...plan, holdId: lease?.holdId ?? id };
  }
  if (lease === undefined) throw new Error('a new lease holds nothing');
  const back = { renterId, bookingId, holdId: lease.holdId, amountMicros: -moreMicros, key };
  await releaseHold(tx, back, now);
  return { ...plan, holdId: lease.holdId };
}
