import type { Actor } from '#lib/base/actor.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { type Spending, spendable } from '../spending-limit.ts';
import { renterMoney } from './renter-money.ts';

/** How much the viewer may set aside and use within 24 hours, what is left of it, and when it rises. */
export async function spendingLimitOf(actor: Actor, now: Date): Promise<Spending> {
  return spendingIn(db, actor.userId, now);
}

/** What of somebody's free money may be set aside now, under their limit. */
export async function spendableOf(reader: Reader, userId: string, freeMicros: bigint, now: Date): Promise<bigint> {
  return spendable(freeMicros, await spendingIn(reader, userId, now));
}

async function spendingIn(reader: Reader, userId: string, now: Date): Promise<Spending> {
  const money = (await renterMoney(reader, [userId], now)).get(userId);
  if (money === undefined) throw new Error(`no user ${userId}`);
  return money.spending;
}
