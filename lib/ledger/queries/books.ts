import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';
import type { AccountKind } from '../account.ts';

/** What the last check of all the books found. */
export type BooksCheck = {
  readonly checkedAt: Date;
  readonly transfers: bigint;
  readonly sumMicros: Micros;
  /** How many things do not add up: zero, or something is broken. */
  readonly wrong: number;
  /** The first of them, each a sentence. */
  readonly problems: readonly string[];
  readonly tookMilliseconds: number;
};

export type TrialBalance = {
  readonly rows: readonly {
    readonly kind: AccountKind;
    readonly accounts: number;
    readonly balanceMicros: Micros;
    readonly belowFloor: number;
  }[];
  /** Zero, or something is broken. */
  readonly sumMicros: Micros;
  /** Null before the first check. */
  readonly check: BooksCheck | null;
};

/**
 * The balances of all accounts by kind as they are now, and what the last check of every transfer found: the balances are
 * cheap to read, the check is not. For admins.
 */
export async function trialBalance(actor: Actor): Promise<TrialBalance> {
  requireAdmin(actor);
  const [rows, check] = await Promise.all([
    db.$queryRaw<TrialBalance['rows']>`
      SELECT kind, count(*)::int AS accounts, sum(balance_micros)::bigint AS "balanceMicros",
        count(*) FILTER (WHERE balance_micros < floor_micros)::int AS "belowFloor"
      FROM accounts GROUP BY kind ORDER BY kind`,
    db.booksCheck.findFirst({ orderBy: { id: 'desc' }, omit: { id: true } }),
  ]);
  return { rows, sumMicros: rows.reduce((sum, row) => sum + row.balanceMicros, 0n), check };
}

export type AccountRow = {
  readonly id: string;
  readonly kind: AccountKind;
  /** Null for the market's own. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly balanceMicros: Micros;
  /** How far down it may go; null without a bound. */
  readonly floorMicros: Micros | null;
  readonly createdAt: Date;
};

export type AccountsAsk = {
  /** A part of the owner's name or address, or a whole id of an account or its owner. */
  readonly text?: string | undefined;
  readonly kind?: string | undefined;
  readonly belowZero?: boolean | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly take?: number | undefined;
};

/** Accounts, newest first. For admins. */
export async function findAccounts(actor: Actor, ask: AccountsAsk): Promise<Page<AccountRow>> {
  requireAdmin(actor);
  const take = Math.min(Math.max(1, ask.take ?? 50), 200);
  const [text, kind, before] = [ask.text ?? '', ask.kind || null, ask.before || null];
  const rows = await db.$queryRaw<FoundAccount[]>`
    SELECT a.id, a.kind, a.owner_id AS "ownerId", u.name AS "ownerName", a.balance_micros AS "balanceMicros",
      a.floor_micros AS "floorMicros", a.created_at AS "createdAt"
    FROM accounts a LEFT JOIN users u ON u.id = a.owner_id
    WHERE (${kind}::text IS NULL OR a.kind = ${kind}) AND (${before}::text IS NULL OR a.id < ${before})
      AND (${ask.belowZero === true} = false OR a.balance_micros < 0)
      AND (${text} = '' OR a.id = ${text} OR a.owner_id = ${text}
        OR strpos(lower(u.name), lower(${text})) > 0 OR strpos(lower(u.email), lower(${text})) > 0)
    ORDER BY a.id DESC LIMIT ${take + 1}::int`;
  return toPage(
    rows.map(({ ownerId, ownerName, ...row }) => ({
      ...row,
      owner: ownerId === null ? null : { id: ownerId, name: ownerName ?? ownerId },
    })),
    take,
  );
}

type FoundAccount = Omit<AccountRow, 'owner'> & { readonly ownerId: string | null; readonly ownerName: string | null };
