import type { Micros } from '#lib/base/money.ts';

/** A sale as far as taxes ask about it. */
export type Sale = { readonly userId: string; readonly amountMicros: Micros };

/** One tax on top of a payment, in whole cents. */
export type TaxLine = { readonly label: string; readonly amountMicros: Micros };

/** Which taxes a payment carries. Pure: what it needs to know stands in the sale. */
export type TaxRule = (sale: Sale) => readonly TaxLine[];

/** No taxes: what a market begins with. An operator who owes any writes a rule and puts it here. */
export const taxesOn: TaxRule = () => [];

/** All taxes of a payment together. Throws when a rule answers less than nothing or parts of a cent. */
export function taxTotal(lines: readonly TaxLine[]): Micros {
  let total = 0n;
  for (const { label, amountMicros } of lines) {
    if (amountMicros < 0n || amountMicros % 10_000n !== 0n) throw new RangeError(`tax ${label} is ${amountMicros}`);
    total += amountMicros;
  }
  return total;
}
