import { formatDollars, type Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { holdMoney, lockWallet, releaseHold } from '#lib/ledger/hold-money.ts';
import { requireCovered } from '#lib/ledger/queries/uncovered.ts';
import { planHold } from './hold.ts';
import type { Terms } from './terms.ts';

export type LeaseHold = { readonly holdId: string; readonly heldMicros: Micros; readonly ceilingMicros: Micros };

export type HoldAsk = {
  readonly renterId: string;
  readonly bookingId: string;
  readonly terms: Terms;
  readonly capMicros: Micros | null;
  readonly key: string;
  /** What the lease has already; left out for a new one. */
  readonly lease?: { readonly holdId: string; readonly heldMicros: Micros; readonly chargedMicros: Micros };
};

/**
 * Step: sets aside what a rental begins with, by the rule of `planHold`, on top of what is held already. Refuses with
 * `insufficientFunds` (what is needed and what is free), `chargebackUncovered`, or `badInput` when the cap is too small.
 */
export async function holdForLease(tx: Tx, ask: HoldAsk, now: Date): Promise<LeaseHold> {
  const { renterId, bookingId, lease, key } = ask;
  const { freeMicros } = await lockWallet(tx, renterId, now);
  await requireCovered(tx, renterId);
  const heldMicros = lease?.heldMicros ?? 0n;
  const chargedMicros = lease?.chargedMicros ?? 0n;
  const plan = planHold(ask.terms, { chargedMicros, heldMicros, capMicros: ask.capMicros, freeMicros });
  if ('problem' in plan) {
    if (plan.problem === 'capTooSmall')
      throw new Refusal('badInput', {
        capMicros: `A cap covers at least an hour and a day of the disk: ${formatDollars(plan.leastMicros)}.`,
      });
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
