import type { Tx } from '#lib/io/db.ts';
import { holdMoney, lockWallet } from '#lib/ledger/hold-money.ts';
import { spendableOf } from '#lib/ledger/queries/spending-limit.ts';
import { type HoldPlan, renewal, toPay } from './hold.ts';
import type { LockedBooking } from './lock-booking.ts';

/**
 * Step: sets more aside for a running rental that goes on until `endsAt`, by the rule of `renewal`. The booking is locked;
 * the lease's ceiling of the answer is for the caller to sign. Null when nothing more is held.
 */
export async function renewHold(tx: Tx, booking: LockedBooking, endsAt: Date, now: Date): Promise<HoldPlan | null> {
  const { lease, terms, capMicros, renterId, id } = booking;
  const { chargedMicros, heldMicros, billedUntil } = lease;
  const wallet = await lockWallet(tx, renterId, now);
  const freeMicros = await spendableOf(tx, renterId, wallet.freeMicros, now);
  const toEnd = toPay(endsAt, billedUntil, now, booking.startsAt);
  const plan = renewal(terms, { chargedMicros, heldMicros, capMicros, freeMicros, toEnd });
  if (plan === null) return null;
  const key = `hold:${lease.id}:renewal:${chargedMicros}:${plan.heldMicros}:${now.getTime()}`;
  const amountMicros = plan.heldMicros - heldMicros;
  await holdMoney(tx, { renterId, bookingId: id, holdId: lease.holdId, amountMicros, key }, now);
  await tx.lease.update({ where: { id: lease.id }, data: { heldMicros: plan.heldMicros } });
  return plan;
}
