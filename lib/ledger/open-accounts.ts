import { newId } from '#lib/base/id.ts';
import type { Tx } from '#lib/io/db.ts';
import { ACCOUNT_KINDS, type AccountRef, accountKey, isWellOwned } from './account.ts';

/** The ids of accounts by their {@link accountKey}. */
export type AccountIds = ReadonlyMap<string, string>;

/** Step: finds accounts and opens those that were never used, at zero. Two who open one at once get the same. */
export async function openAccounts(tx: Tx, accounts: readonly AccountRef[], now: Date): Promise<AccountIds> {
  const wanted = new Map(accounts.map((account) => [accountKey(account), account]));
  for (const account of wanted.values()) {
    if (!isWellOwned(account)) throw new TypeError(`${account.kind} with owner ${account.ownerId}`);
  }
  const found = await findAccounts(tx, [...wanted.values()]);
  const missing = [...wanted.values()].filter((account) => !found.has(accountKey(account)));
  if (missing.length === 0) return found;
  await tx.account.createMany({
    data: missing.map(({ kind, ownerId }) => ({
      id: newId('account', now),
      kind,
      ownerId,
      floorMicros: ACCOUNT_KINDS[kind].floorMicros,
      createdAt: now,
    })),
    skipDuplicates: true,
  });
  return findAccounts(tx, [...wanted.values()]);
}

async function findAccounts(tx: Tx, accounts: readonly AccountRef[]): Promise<Map<string, string>> {
  const rows = await tx.account.findMany({
    where: { OR: accounts.map(({ kind, ownerId }) => ({ kind, ownerId })) },
    select: { id: true, kind: true, ownerId: true },
  });
  return new Map(rows.map((row) => [`${row.kind}:${row.ownerId ?? ''}`, row.id]));
}
