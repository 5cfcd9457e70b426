import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { prepared, texts } from '#lib/io/prepared.ts';
import { type AccountRef, accountKey, renterHolds, renterWallet } from './account.ts';
import { type AccountIds, openAccounts } from './open-accounts.ts';
import { postTransfers } from './post-transfers.ts';
import type { TransferDraft } from './transfer.ts';

/** A renter's money under lock: what is free and what is set aside now. */
export type Wallet = { readonly freeMicros: Micros; readonly heldMicros: Micros; readonly accounts: AccountIds };

const LOCK = prepared<{ id: string; kind: string; owner: string; balance: bigint }, [renterIds: readonly string[]]>(
  'lock wallets',
  `SELECT id, kind, owner_id AS owner, balance_micros AS balance FROM accounts
   WHERE kind IN ('renterWallet', 'renterHolds') AND owner_id = ANY${texts('$1')} ORDER BY id FOR NO KEY UPDATE`,
);

/**
 * Step: locks wallets and holds of renters until the transaction ends and says what is in them. Take it before deciding how
 * much to hold, after every lock on bookings. All rows are locked in the order of their ids, as the database does.
 */
export async function lockWallets(
  tx: Tx,
  renterIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Wallet>> {
  const ids = [...new Set(renterIds)];
  let rows = await LOCK(tx, ids);
  if (rows.length < 2 * ids.length) {
    await openAccounts(
      tx,
      ids.flatMap((id) => [renterWallet(id), renterHolds(id)]),
      now,
    );
    rows = await LOCK(tx, ids);
  }
  const found = new Map(rows.map((row) => [`${row.kind}:${row.owner}`, row]));
  const row = (ref: AccountRef) => {
    const account = found.get(accountKey(ref));
    if (account === undefined) throw new Error(`no account ${accountKey(ref)}`);
    return account;
  };
  return new Map(
    ids.map((id) => {
      const [wallet, holds] = [row(renterWallet(id)), row(renterHolds(id))];
      const accounts = new Map([wallet, holds].map((account) => [`${account.kind}:${id}`, account.id]));
      return [id, { freeMicros: wallet.balance, heldMicros: holds.balance, accounts }];
    }),
  );
}

/** Step: the same for one renter: what is free. */
export async function lockWallet(tx: Tx, renterId: string, now: Date): Promise<{ freeMicros: Micros }> {
  const wallet = (await lockWallets(tx, [renterId], now)).get(renterId);
  if (wallet === undefined) throw new Error(`no wallet of ${renterId}`);
  return wallet;
}

export type Hold = {
  /** Of the transfer, where it was made before. */
  readonly id?: string | undefined;
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
  const wallets = await lockWallets(tx, [hold.renterId], now);
  const freeMicros = wallets.get(hold.renterId)?.freeMicros ?? 0n;
  if (freeMicros < hold.amountMicros) {
    throw new Refusal('insufficientFunds', {
      neededMicros: hold.amountMicros.toString(),
      freeMicros: freeMicros.toString(),
    });
  }
  const [id] = await postHolds(tx, [hold], wallets, now);
  if (id === undefined) throw new Error('a hold was not posted');
  return id;
}

/**
 * Step: sets money aside for many at once and answers the ids of the transfers in the same order. Their wallets are locked,
 * and the caller has looked that each has enough: else it refuses with `insufficientFunds`.
 */
export async function postHolds(
  tx: Tx,
  holds: readonly Hold[],
  wallets: ReadonlyMap<string, Wallet>,
  now: Date,
): Promise<string[]> {
  const drafts = holds.map(
    (hold): TransferDraft => ({
      id: hold.id,
      from: renterWallet(hold.renterId),
      to: renterHolds(hold.renterId),
      amountMicros: hold.amountMicros,
      kind: 'hold',
      bookingId: hold.bookingId,
      holdId: hold.holdId,
      key: hold.key,
    }),
  );
  const accounts = new Map([...wallets.values()].flatMap((wallet) => [...wallet.accounts]));
  return (await postTransfers(tx, drafts, now, accounts)).map(({ id }) => id);
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
