import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db, query } from '#lib/io/db.ts';
import type { AccountKind } from '../account.ts';

/** One side of a transfer, with the name of whoever owns it. */
export type AccountSeen = {
  readonly id: string;
  readonly kind: AccountKind;
  readonly owner: { readonly id: string; readonly name: string } | null;
};

/** A movement of money as it stands in the books. */
export type BookedTransfer = {
  readonly id: string;
  readonly at: Date;
  readonly kind: string;
  readonly from: AccountSeen;
  readonly to: AccountSeen;
  readonly amountMicros: Micros;
  readonly bookingId: string | null;
  readonly causeId: string | null;
  readonly holdId: string | null;
  readonly reason: string | null;
  readonly key: string;
};

export type TransfersAsk = {
  readonly accountId?: string | undefined;
  readonly kind?: string | undefined;
  readonly bookingId?: string | undefined;
  readonly causeId?: string | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly take?: number | undefined;
};

const USUAL = 100;
const nothing = query``;

/** Transfers, newest first, of an account, a kind, a booking, a cause, or all of them. For admins. */
export async function findTransfers(actor: Actor, ask: TransfersAsk): Promise<Page<BookedTransfer>> {
  requireAdmin(actor);
  const take = Math.min(Math.max(1, ask.take ?? USUAL), 200);
  const ids = await (ask.accountId ? idsOfAccount(ask.accountId, ask, take + 1) : idsOfAll(ask, take + 1));
  return toPage(await booked(ids, 'desc'), take);
}

type Ids = readonly { readonly id: string }[];

function filters(ask: TransfersAsk) {
  const [kind, bookingId, causeId, before] = [ask.kind, ask.bookingId, ask.causeId, ask.before];
  return { kind: kind || null, bookingId: bookingId || null, causeId: causeId || null, before: before || null };
}

async function idsOfAll(ask: TransfersAsk, take: number): Promise<Ids> {
  const { kind, bookingId, causeId, before } = filters(ask);
  return db.transfer.findMany({
    where: {
      ...(kind === null ? {} : { kind }),
      ...(bookingId === null ? {} : { bookingId }),
      ...(causeId === null ? {} : { causeId }),
      ...(before === null ? {} : { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take,
    select: { id: true },
  });
}

/**
 * Each side by its own index: an OR over both would read all that ever moved through a busy account. Fees are in none: they
 * are half of all transfers and go to one account, so its newest are among the newest of all.
 */
async function idsOfAccount(accountId: string, ask: TransfersAsk, take: number): Promise<Ids> {
  const { kind, bookingId, causeId, before } = filters(ask);
  const takesFees = (await db.account.findUnique({ where: { id: accountId } }))?.kind === 'platformFees';
  const fees = query`UNION ALL
    (SELECT id FROM transfers WHERE kind = 'fee' AND credit_account_id = ${accountId} AND (${before}::text IS NULL OR id < ${before})
      AND (${kind}::text IS NULL OR kind = ${kind}) AND (${bookingId}::text IS NULL OR booking_id = ${bookingId})
      AND (${causeId}::text IS NULL OR cause_id = ${causeId}) ORDER BY id DESC LIMIT ${take}::int)`;
  return db.$queryRaw<Ids>`
    (SELECT id FROM transfers WHERE debit_account_id = ${accountId} AND (${before}::text IS NULL OR id < ${before})
      AND (${kind}::text IS NULL OR kind = ${kind}) AND (${bookingId}::text IS NULL OR booking_id = ${bookingId})
      AND (${causeId}::text IS NULL OR cause_id = ${causeId}) ORDER BY id DESC LIMIT ${take}::int)
    UNION ALL
    (SELECT id FROM transfers WHERE credit_account_id = ${accountId} AND kind <> 'fee' AND (${before}::text IS NULL OR id < ${before})
      AND (${kind}::text IS NULL OR kind = ${kind}) AND (${bookingId}::text IS NULL OR booking_id = ${bookingId})
      AND (${causeId}::text IS NULL OR cause_id = ${causeId}) ORDER BY id DESC LIMIT ${take}::int)
    ${takesFees ? fees : nothing}
    ORDER BY id DESC LIMIT ${take}::int`;
}

const account = { select: { id: true, kind: true, ownerId: true } } as const;

async function booked(ids: Ids, order: 'asc' | 'desc'): Promise<BookedTransfer[]> {
  const rows = await db.transfer.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    orderBy: { id: order },
    select: {
      id: true,
      createdAt: true,
      kind: true,
      amountMicros: true,
      bookingId: true,
      causeId: true,
      holdId: true,
      reason: true,
      idempotencyKey: true,
      debitAccount: account,
      creditAccount: account,
    },
  });
  const seen = await namesOf(rows.flatMap((row) => [row.debitAccount, row.creditAccount]));
  return rows.map(({ createdAt, idempotencyKey, debitAccount, creditAccount, ...row }) => ({
    ...row,
    at: createdAt,
    key: idempotencyKey,
    from: seen(debitAccount),
    to: seen(creditAccount),
  }));
}

type Found = { readonly id: string; readonly kind: string; readonly ownerId: string | null };

async function namesOf(accounts: readonly Found[]): Promise<(account: Found) => AccountSeen> {
  const people = await db.user.findMany({
    where: { id: { in: [...new Set(accounts.flatMap(({ ownerId }) => ownerId ?? []))] } },
    select: { id: true, name: true },
  });
  const names = new Map(people.map((one) => [one.id, one.name]));
  return ({ id, kind, ownerId }) => ({
    id,
    kind: kind as AccountKind,
    owner: ownerId === null ? null : { id: ownerId, name: names.get(ownerId) ?? ownerId },
  });
}

/** A transfer of a history and what the history did to its two accounts up to and with it. */
export type HistoryRow = BookedTransfer & { readonly fromSumMicros: Micros; readonly toSumMicros: Micros };

export type TransferHistory = {
  readonly transfer: BookedTransfer;
  /** Everything of the same booking, hold or cause, oldest first, one page. */
  readonly rows: readonly HistoryRow[];
  readonly next: string | null;
  /** What all of it, on every page, did to each account. Together they are zero. */
  readonly accounts: readonly (AccountSeen & { readonly sumMicros: Micros })[];
};

/**
 * Where the money of a transfer came from and went to: everything of the same booking, hold or cause, in order. `after` is
 * the last id of the page before. For admins; unknown ids are not found.
 */
export async function transferHistory(
  actor: Actor,
  id: string,
  ask: { readonly after?: string | undefined; readonly take?: number | undefined } = {},
): Promise<TransferHistory> {
  requireAdmin(actor);
  const [transfer] = await booked([{ id }], 'asc');
  if (transfer === undefined) throw new Refusal('notFound');
  const take = Math.min(Math.max(1, ask.take ?? USUAL), 200);
  const after = ask.after ?? '';
  const legs = await legsOf(id, after);
  const page = toPage(await booked(await idsOfHistory(id, after, take + 1), 'asc'), take);
  const sums = new Map(legs.map((leg) => [leg.id, leg.beforeMicros]));
  const add = (account: string, micros: Micros) => {
    const sum = (sums.get(account) ?? 0n) + micros;
    sums.set(account, sum);
    return sum;
  };
  const rows = page.rows.map((row) => ({
    ...row,
    fromSumMicros: add(row.from.id, -row.amountMicros),
    toSumMicros: add(row.to.id, row.amountMicros),
  }));
  const seen = await namesOf(legs);
  const accounts = legs.map((leg) => ({ ...seen(leg), sumMicros: leg.sumMicros }));
  return { transfer, rows, next: page.next, accounts };
}

async function idsOfHistory(id: string, after: string, take: number): Promise<Ids> {
  return db.$queryRaw<Ids>`
    WITH one AS (SELECT id, booking_id, cause_id, hold_id FROM transfers WHERE id = ${id})
    SELECT id FROM (
      SELECT id FROM one
      UNION SELECT t.id FROM transfers t JOIN one ON t.booking_id = one.booking_id
      UNION SELECT t.id FROM transfers t JOIN one ON t.cause_id = one.cause_id
      UNION SELECT t.id FROM transfers t JOIN one ON t.id = one.hold_id
    ) related WHERE id > ${after} ORDER BY id LIMIT ${take}::int`;
}

type Leg = Found & { readonly sumMicros: Micros; readonly beforeMicros: Micros };

/** What a history did to each of its accounts: in all, and on the pages before this one. */
async function legsOf(id: string, after: string): Promise<Leg[]> {
  return db.$queryRaw<Leg[]>`
    WITH one AS (SELECT id, booking_id, cause_id, hold_id FROM transfers WHERE id = ${id}), related AS (
      SELECT id FROM one
      UNION SELECT t.id FROM transfers t JOIN one ON t.booking_id = one.booking_id
      UNION SELECT t.id FROM transfers t JOIN one ON t.cause_id = one.cause_id
      UNION SELECT t.id FROM transfers t JOIN one ON t.id = one.hold_id
    ), legs AS (
      SELECT t.id, t.debit_account_id AS account_id, -t.amount_micros AS amount FROM transfers t JOIN related USING (id)
      UNION ALL SELECT t.id, t.credit_account_id, t.amount_micros FROM transfers t JOIN related USING (id)
    )
    SELECT a.id, a.kind, a.owner_id AS "ownerId", sum(l.amount)::bigint AS "sumMicros",
      coalesce(sum(l.amount) FILTER (WHERE l.id <= ${after}), 0)::bigint AS "beforeMicros"
    FROM legs l JOIN accounts a ON a.id = l.account_id GROUP BY a.id, a.kind, a.owner_id ORDER BY a.kind, a.id`;
}
