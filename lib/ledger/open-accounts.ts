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

/**
 * Each by the index of its kind and owner, however many: a metering of many leases asks for hundreds at once. Their ids come
 * back in one text, in the order in which they were asked for: a row for each would cost more than finding it.
 */
async function findAccounts(tx: Tx, accounts: readonly AccountRef[]): Promise<Map<string, string>> {
  const owned = accounts.filter(({ ownerId }) => ownerId !== null);
  const ours = accounts.filter(({ ownerId }) => ownerId === null);
  const [row] = await tx.$queryRaw<{ owned: string | null; ours: string | null }[]>`
    SELECT (
      SELECT string_agg(coalesce(a.id, ''), ',' ORDER BY w.place)
      FROM unnest(string_to_array(${owned.map(({ kind }) => kind).join(',')}, ','), string_to_array(${owned.map(({ ownerId }) => ownerId).join(',')}, ','))
        WITH ORDINALITY AS w (kind, owner, place)
      LEFT JOIN accounts a ON a.kind = w.kind AND a.owner_id = w.owner
    ) AS owned, (
      SELECT string_agg(coalesce(a.id, ''), ',' ORDER BY w.place)
      FROM unnest(string_to_array(${ours.map(({ kind }) => kind).join(',')}, ',')) WITH ORDINALITY AS w (kind, place)
      LEFT JOIN accounts a ON a.kind = w.kind AND a.owner_id IS NULL
    ) AS ours`;
  const found = new Map<string, string>();
  for (const [asked, ids] of [
    [owned, row?.owned],
    [ours, row?.ours],
  ] as const) {
    for (const [at, id] of (ids ?? '').split(',').entries()) {
      const account = asked[at];
      if (account !== undefined && id !== '') found.set(accountKey(account), id);
    }
  }
  return found;
}
