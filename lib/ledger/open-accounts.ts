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

/** Each by the index of its kind and owner, however many: a metering of many leases asks for hundreds at once. */
async function findAccounts(tx: Tx, accounts: readonly AccountRef[]): Promise<Map<string, string>> {
  const owned = accounts.filter(({ ownerId }) => ownerId !== null);
  const rows = await tx.$queryRaw<{ id: string; kind: string; owner: string | null }[]>`
    SELECT a.id, a.kind, a.owner_id AS owner
    FROM unnest(${owned.map(({ kind }) => kind)}::text[], ${owned.map(({ ownerId }) => ownerId)}::text[]) AS w (kind, owner)
    JOIN accounts a ON a.kind = w.kind AND a.owner_id = w.owner
    UNION ALL
    SELECT id, kind, NULL FROM accounts
    WHERE owner_id IS NULL AND kind = ANY(${accounts.filter(({ ownerId }) => ownerId === null).map(({ kind }) => kind)}::text[])`;
  return new Map(rows.map((row) => [`${row.kind}:${row.owner ?? ''}`, row.id]));
}
