import type { Micros } from '#lib/base/money.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import type { Tx } from '#lib/io/db.ts';
import { preparedWrite, texts } from '#lib/io/prepared.ts';
import { lockWallets } from '#lib/ledger/hold-money.ts';
import { type PutOuts, whyNotPutOut } from './put-out.ts';
import { putOutsOf } from './queries/put-outs.ts';

/**
 * Step: for whom of renters' rentals somebody was put out lately, with their wallets locked until the transaction ends, as for what
 * is set aside next: of two starts of one renter the second sees the first.
 */
export async function lockPutOuts(
  tx: Tx,
  renterIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, PutOuts>> {
  await lockWallets(tx, renterIds, now);
  return putOutsOf(tx, renterIds, now);
}

/** Step: refuses with `putOutInVain` when nobody is to be put out for a renter now. */
export async function allowPutOut(tx: Tx, renterId: string, now: Date): Promise<void> {
  for (const putOuts of (await lockPutOuts(tx, [renterId], now)).values()) refuseIf(whyNotPutOut(putOuts, now));
}

const NOTE = preparedWrite<[bookingIds: readonly string[], now: Date, bidMicros: Micros | null]>(
  'note who puts others out',
  `UPDATE bookings SET put_out_at = $2, put_out_bid_micros = $3 WHERE id = ANY${texts('$1')}`,
);

/** Step: interruptible rentals were put out for bookings that are made; for one of a bid, with what that is now. */
export async function notePutOut(
  tx: Tx,
  bookingIds: readonly string[],
  now: Date,
  bidMicros: Micros | null = null,
): Promise<void> {
  if (bookingIds.length > 0) await NOTE(tx, bookingIds, now, bidMicros);
}
