import type { Micros } from '#lib/base/money.ts';
import { chargeFor, type Prices, shareOf } from '#lib/bookings/terms.ts';
import type { BilledStatement, BillTotals } from '#protocol/bill.ts';

export type InvoiceFacts = {
  readonly prices: Prices;
  readonly lines: readonly Pick<BilledStatement, 'billedGpuSeconds' | 'billedDiskByteSeconds'>[];
  readonly credits: readonly Micros[];
};

/** What an invoice comes to, from what was billed, the frozen terms and what was given back. Amounts are micro-dollars. */
export function invoiceTotals({ prices, lines, credits }: InvoiceFacts): BillTotals {
  const gpuSeconds = lines.reduce((sum, line) => sum + BigInt(line.billedGpuSeconds), 0n);
  const diskByteSeconds = lines.reduce((sum, line) => sum + BigInt(line.billedDiskByteSeconds), 0n);
  const chargedMicros = chargeFor(prices, { gpuSeconds, diskByteSeconds });
  const { hostMicros, feeMicros } = shareOf(chargedMicros, prices.feeBasisPoints);
  return {
    gpuSeconds: gpuSeconds.toString(),
    diskByteSeconds: diskByteSeconds.toString(),
    chargedMicros: chargedMicros.toString(),
    hostMicros: hostMicros.toString(),
    feeMicros: feeMicros.toString(),
    refundedMicros: credits.reduce((sum, micros) => sum + micros, 0n).toString(),
  };
}
