import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Bytes, verifyBytes } from '#protocol/keys.ts';
import { type VerifiedBill, verifyBill } from '#protocol/verify-bill.ts';
import { type Market, MarketError } from '../market.ts';

/**
 * Downloads the bill of a booking as a file and verifies it as `sublet verify` does, by the log's key as its own page says it.
 * Waits until every statement is in the log. Throws {@link MarketError} when that takes too long, and `BillFault` when the
 * bill is wrong.
 */
export async function verifiedInvoice(
  market: Market,
  bookingId: string,
  seconds: number,
): Promise<{ file: string; bill: VerifiedBill }> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const text = await market.text(`/api/v1/bookings/${bookingId}/receipts`).catch((error: unknown) => {
      // Not in the log yet: a minute is what that may take.
      if (error instanceof MarketError && error.reason === 'unavailable') return null;
      throw error;
    });
    if (text !== null) {
      const logKey = await market.text('/log/key');
      const bill = await verifyBill(text, { sha256: sha256Bytes, verify: verifyBytes, logKey, seen: null });
      if (bill.notYetLogged === 0) {
        const file = join(tmpdir(), `sublet-bill-${bookingId}.json`);
        await writeFile(file, text);
        return { file, bill };
      }
    }
    if (performance.now() > deadline)
      throw new MarketError('timeout', `After ${seconds} s the bill is not in the public log.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
