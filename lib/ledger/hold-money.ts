import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { accountKey, renterHolds, renterWallet } from './account.ts';
import { openAccounts } from './open-accounts.ts';
import { postTransfers } from './post-transfers.ts';

/**
 * Step: locks a renter's wallet and holds until the transaction ends and says what is free. Take it before deciding how
 * much to hold, after every lock on bookings. Both rows are locked in the order of their ids, as the database does.
 */
export async function lockWallet(tx: Tx, renterId: string, now: Date): Promise<{ freeMicros: Micros }> {
  const wallet = renterWallet(renterId);
  const ids = await openAccounts(tx, [wallet, renterHolds(renterId)], now);
  const rows = await tx.$queryRaw<{ id: string; balance_micros: bigint }[]>`
    SELECT id, balance_micros FROM accounts WHERE id = ANY(${[...ids.values()]}) ORDER BY id FOR NO KEY UPDATE`;
  const free = rows.find((row) => row.id === ids.get(accountKey(wallet)));
  return { freeMicros: free?.balance_micros ?? 0n };
}

export type Hold = {
  readonly renterId: string;
  readonly bookingId: string;
  /** The first hold of the lease when this one adds to it. */
  readonly holdId?: string | undefined;
  readonly amountMicros: Micros;
  readonly key: string;
};

/**
 * Step: sets money of a renter aside and answers the id of the transfer. Refuses with `insufficientFunds` and both amounts
 * when the wallet has less; nothing is held then.
 */
export async function holdMoney(tx: Tx, hold: Hold, now: Date): Promise<string> {
  const { freeMicros } = await lockWallet(tx, hold.renterId, now);
  if (freeMicros < hold.amountMicros) {
    throw new Refusal('insufficientFunds', {
      neededMicros: hold.amountMicros.toString(),
      freeMicros: freeMicros.toString(),
    });
  }
  const [posted] = await postTransfers(
    tx,
    [
      {
        from: renterWallet(hold.renterId),
        to: renterHolds(hold.renterId),
        amountMicros: hold.amountMicros,
        kind: 'hold',
        bookingId: hold.bookingId,
        holdId: hold.holdId,
        key: hold.key,
      },
    ],
    now,
  );
  if (posted === undefined) throw new Error('a hold was not posted');
  return posted.id;
}

/** Step: gives back what is left, or a part of it, of a hold. Zero gives nothing back. */
export async function releaseHold(tx: Tx, hold: Hold & { readonly holdId: string }, now: Date): Promise<void> {
  if (hold.amountMicros === 0n) return;
  await postTransfers(
    tx,
    [
      {
        from: renterHolds(hold.renterId),
        to: renterWallet(hold.renterId),
        amountMicros: hold.amountMicros,
        kind: 'release',
        bookingId: hold.bookingId,
        holdId: hold.holdId,
        key: hold.key,
      },
    ],
    now,
  );
}
