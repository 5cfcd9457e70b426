import { formatDollars, type Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Reader } from '#lib/io/db.ts';

/** What banks took back of a renter's payments after it was spent, and that was not paid since. */
export async function uncoveredOf(reader: Reader, renterId: string): Promise<Micros> {
  const sum = await reader.chargeback.aggregate({ where: { userId: renterId }, _sum: { uncoveredMicros: true } });
  return sum._sum.uncoveredMicros ?? 0n;
}

/** Nothing new is rented, and nothing stopped is started, while a chargeback is not covered; what runs goes on. Refuses with `chargebackUncovered`. */
export async function requireCovered(reader: Reader, renterId: string): Promise<void> {
  const missing = await uncoveredOf(reader, renterId);
  if (missing === 0n) return;
  throw new Refusal(
    'chargebackUncovered',
    { missingMicros: missing.toString() },
    `A bank took back a payment of yours that was spent already. Top up the ${formatDollars(missing)} that are missing, then go on.`,
  );
}
