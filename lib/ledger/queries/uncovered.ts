import { formatDollars, type Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Reader } from '#lib/io/db.ts';
import type { RenterMoney } from './renter-money.ts';

/** What banks took back of a renter's payments after it was spent, and that was not paid since. */
export async function uncoveredOf(reader: Reader, renterId: string): Promise<Micros> {
  const sum = await reader.chargeback.aggregate({ where: { userId: renterId }, _sum: { uncoveredMicros: true } });
  return sum._sum.uncoveredMicros ?? 0n;
}

/** Nothing new is rented, and nothing stopped is started, while a chargeback is not covered; what runs goes on. Refuses with `chargebackUncovered`. */
export function requireCovered({ uncoveredMicros }: Pick<RenterMoney, 'uncoveredMicros'>): void {
  if (uncoveredMicros === 0n) return;
  throw new Refusal(
    'chargebackUncovered',
    { missingMicros: uncoveredMicros.toString() },
    `A bank took back a payment of yours that was spent already. Top up the ${formatDollars(uncoveredMicros)} that are missing, then go on.`,
  );
}
