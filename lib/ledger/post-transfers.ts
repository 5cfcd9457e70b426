import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { breaksConstraint, type Tx } from '#lib/io/db.ts';
import { accountKey } from './account.ts';
import { type AccountIds, openAccounts } from './open-accounts.ts';
import type { TransferDraft } from './transfer.ts';

export type Posted = {
  readonly key: string;
  readonly id: string;
  /** False when the same movement had been made before: nothing moved again. */
  readonly fresh: boolean;
};

const NONE: AccountIds = new Map();

/**
 * Step: moves money, all drafts in one statement and so in one order of locks. Idempotent by key: a key that was used for
 * the same movement moves nothing, one that was used for another refuses with `conflict`. A floor that would be broken
 * refuses with `insufficientFunds`. Amounts are positive micro-dollars. Accounts whose ids are all `known` are not looked up.
 */
export async function postTransfers(
  tx: Tx,
  drafts: readonly TransferDraft[],
  now: Date,
  known: AccountIds = NONE,
): Promise<Posted[]> {
  if (drafts.length === 0) return [];
  const refs = drafts.flatMap(({ from, to }) => [from, to]);
  const accounts = refs.every((ref) => known.has(accountKey(ref))) ? known : await openAccounts(tx, refs, now);
  const rows = drafts.map((draft) => rowOf(draft, accounts, now));
  const made = await insert(tx, rows).catch((error: unknown) => {
    throw breaksConstraint(error, 'accounts_floor') ? new Refusal('insufficientFunds') : error;
  });
  if (made === rows.length) return rows.map(({ id, idempotencyKey }) => ({ key: idempotencyKey, id, fresh: true }));
  const stored = await storedUnder(tx, rows);
  return rows.map((row) => {
    const id = stored.get(row.idempotencyKey);
    if (id === undefined) throw new Error(`transfer ${row.idempotencyKey} vanished`);
    return { key: row.idempotencyKey, id, fresh: id === row.id };
  });
}

type Row = ReturnType<typeof rowOf>;

function rowOf(draft: TransferDraft, accounts: AccountIds, now: Date) {
  const account = (ref: TransferDraft['from']) => {
    const id = accounts.get(accountKey(ref));
    if (id === undefined) throw new Error(`no account ${accountKey(ref)}`);
    return id;
  };
  return {
    id: newId('transfer', now),
    debitAccountId: account(draft.from),
    creditAccountId: account(draft.to),
    amountMicros: draft.amountMicros,
    kind: draft.kind,
    bookingId: draft.bookingId ?? null,
    causeId: draft.causeId ?? null,
    holdId: draft.holdId ?? null,
    reason: draft.reason ?? null,
    idempotencyKey: draft.key,
    createdAt: now,
  };
}

/**
 * Answers how many rows were new. One statement of a few parameters, however many rows: the client's own way builds a
 * parameter for each cell.
 */
function insert(tx: Tx, rows: readonly Row[]): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_micros, kind, booking_id, cause_id, hold_id, reason,
      idempotency_key, created_at)
    SELECT *, ${rows[0]?.createdAt}::timestamptz FROM unnest(
      ${rows.map((row) => row.id)}::text[], ${rows.map((row) => row.debitAccountId)}::text[],
      ${rows.map((row) => row.creditAccountId)}::text[], ${rows.map((row) => row.amountMicros)}::bigint[],
      ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.bookingId)}::text[],
      ${rows.map((row) => row.causeId)}::text[], ${rows.map((row) => row.holdId)}::text[],
      ${rows.map((row) => row.reason)}::text[], ${rows.map((row) => row.idempotencyKey)}::text[])
    ON CONFLICT DO NOTHING`;
}

const SAME = ['debitAccountId', 'creditAccountId', 'amountMicros', 'kind', 'bookingId', 'causeId', 'holdId'] as const;

/** The ids under which these keys are stored; refuses when one of them was used for another movement. */
async function storedUnder(tx: Tx, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const found = await tx.transfer.findMany({
    where: { idempotencyKey: { in: rows.map((row) => row.idempotencyKey) } },
  });
  const byKey = new Map(found.map((row) => [row.idempotencyKey, row]));
  for (const row of rows) {
    const stored = byKey.get(row.idempotencyKey);
    if (stored === undefined || SAME.some((field) => stored[field] !== row[field])) {
      throw new Refusal('conflict', {}, 'This payment was already made with other content. Nothing was moved.');
    }
  }
  return new Map(found.map((row) => [row.idempotencyKey, row.id]));
}
