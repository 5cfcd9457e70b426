import type { Actor } from '#lib/base/actor.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { type Bill, BillFault, writeBill } from '#protocol/bill.ts';
import { sha256Bytes, verifyBytes } from '#protocol/keys.ts';
import { type VerifiedBill, type VerifyOptions, verifyBill } from '#protocol/verify-bill.ts';
import { logAll } from './public-log.ts';
import { rentalMarket } from './rental.ts';

/** Verifies with the system's cryptography, which is fast; the command and the page use their own. */
export function check(bill: Bill | string, options: Partial<VerifyOptions> = {}): Promise<VerifiedBill> {
  const text = typeof bill === 'string' ? bill : writeBill(bill);
  return verifyBill(text, { sha256: sha256Bytes, verify: verifyBytes, logKey: null, seen: null, ...options });
}

/** The record that a bill fails at, or null when it is right. */
export async function faultOf(bill: Bill | string, options: Partial<VerifyOptions> = {}): Promise<string | null> {
  try {
    await check(bill, options);
    return null;
  } catch (error) {
    if (error instanceof BillFault) return error.record;
    throw error;
  }
}

/** A rental that ran a while, was logged in two parts with other rentals between, and its bill. */
export async function billedRental() {
  const market = await rentalMarket();
  const rental = await market.book();
  await rental.connect();
  await rental.run(150);
  await logAll(market.clock);
  const other = await market.book();
  await other.connect();
  await rental.run(90);
  await other.run(60);
  await logAll(market.clock);
  const bill = (who: Actor = market.renter, since?: number) =>
    billFileOf(who, rental.id, market.clock.now(), { since });
  return { market, rental, bill };
}
