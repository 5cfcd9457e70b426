import type { Actor } from '#lib/base/actor.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { type Spending, spendable, spendableBeside } from '../spending-limit.ts';
import { type RenterMoney, renterMoney } from './renter-money.ts';

/** How much the viewer may set aside and use within 24 hours, what is left of it, and when it rises. */
export async function spendingLimitOf(actor: Actor, now: Date): Promise<Spending> {
  return (await moneyIn(db, actor.userId, now)).spending;
}

/** What of somebody's free money may be set aside now, under their limit. */
export async function spendableOf(reader: Reader, userId: string, freeMicros: bigint, now: Date): Promise<bigint> {
  return spendable(freeMicros, (await moneyIn(reader, userId, now)).spending);
}

/** The same for what the market begins by itself: what is kept for a booking that they look at is left alone. */
export async function spendableByItself(
  reader: Reader,
  userId: string,
  freeMicros: bigint,
  now: Date,
): Promise<bigint> {
  const { spending, keptMicros } = await moneyIn(reader, userId, now);
  return spendableBeside(freeMicros, spending, keptMicros);
}

async function moneyIn(reader: Reader, userId: string, now: Date): Promise<RenterMoney> {
  const money = (await renterMoney(reader, [userId], now)).get(userId);
  if (money === undefined) throw new Error(`no user ${userId}`);
  return money;
}
