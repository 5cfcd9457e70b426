import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { columnIn, columnText } from '#lib/io/column.ts';
import { breaksConstraint, TriedAtOnce, type Tx } from '#lib/io/db.ts';
import { preparedWrite } from '#lib/io/prepared.ts';
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
  // Twice the same key in one call is the same movement: the second is compared with the first below.
  const made = await insert(tx, [...new Map(rows.toReversed().map((row) => [row.idempotencyKey, row])).values()], now);
  if (made === rows.length) return rows.map(({ id, idempotencyKey }) => ({ key: idempotencyKey, id, fresh: true }));
  const stored = await storedUnder(tx, rows);
  return rows.map((row) => {
    const id = stored.get(row.idempotencyKey);
    if (id === undefined) throw new Error(`transfer ${row.idempotencyKey} vanished`);
    return { key: row.idempotencyKey, id, fresh: id === row.id };
  });
}

/** People write reasons: what is no text of theirs is a space. */
const CONTROLS = /\p{Cc}/gu;

type Row = ReturnType<typeof rowOf>;

function rowOf(draft: TransferDraft, accounts: AccountIds, now: Date) {
  const account = (ref: TransferDraft['from']) => {
    const id = accounts.get(accountKey(ref));
    if (id === undefined) throw new Error(`no account ${accountKey(ref)}`);
    return id;
  };
  return {
    id: draft.id ?? newId('transfer', now),
    debitAccountId: account(draft.from),
    creditAccountId: account(draft.to),
    amountMicros: draft.amountMicros,
    kind: draft.kind,
    bookingId: draft.bookingId ?? null,
    causeId: draft.causeId ?? null,
    holdId: draft.holdId ?? null,
    reason: draft.reason?.replace(CONTROLS, ' ') ?? null,
    idempotencyKey: draft.key,
  };
}

const COLUMNS = [
  'id',
  'debitAccountId',
  'creditAccountId',
  'amountMicros',
  'kind',
  'bookingId',
  'causeId',
  'holdId',
  'reason',
  'idempotencyKey',
] as const;

const INSERT = preparedWrite<[now: Date, ...columns: string[]]>(
  'insert transfers',
  `INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_micros, kind, booking_id, cause_id, hold_id, reason,
     idempotency_key, created_at)
   SELECT draft.id, debit, credit, amount::bigint, kind, booking, cause, hold, reason, key, $1::timestamptz
   FROM unnest(${COLUMNS.map((_, at) => columnIn(`$${at + 2}`)).join(', ')})
     AS draft (id, debit, credit, amount, kind, booking, cause, hold, reason, key)
   WHERE NOT EXISTS (SELECT 1 FROM transfers WHERE idempotency_key = draft.key)`,
);

/**
 * Answers how many rows were new. One statement and few parameters, however many rows: the client's own way builds a
 * parameter for each cell, and an array costs it more than what is done with it. What was stored before is left out by
 * looking, not by ON CONFLICT, which writes every row twice as carefully: so whoever comes second of two at the same moment
 * begins anew and then sees it.
 */
async function insert(tx: Tx, rows: readonly Row[], now: Date): Promise<number> {
  try {
    return await INSERT(tx, now, ...COLUMNS.map((name) => columnText(rows.map((row) => row[name]))));
  } catch (error) {
    if (breaksConstraint(error, 'transfers_idempotency_key_key')) throw new TriedAtOnce('the same movement');
    throw breaksConstraint(error, 'accounts_floor') ? new Refusal('insufficientFunds') : error;
  }
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
