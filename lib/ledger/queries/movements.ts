import type { Actor } from '#lib/base/actor.ts';
import { firstId, madeAt } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { addMonths, type Month, monthOf, monthStart } from '#lib/base/month.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';
import type { AccountKind } from '../account.ts';
import type { TransferKind } from '../transfer.ts';

const MOST_ROWS = 100;
const CSV_ROWS = 2_000;
/** Lines of a month by day: more than that is read movement by movement. */
export const MOST_DAY_LINES = 500;
/** Sorts after every id of a transfer. */
const LAST_ID = `trf_${'z'.repeat(26)}`;

/** One movement as its owner sees it: money that came in is positive, money that went out negative. */
export type TransferRow = {
  readonly id: string;
  readonly at: Date;
  readonly kind: TransferKind;
  /** Which of the viewer's accounts it moved: the wallet, what is held, or what a host is owed. */
  readonly account: AccountKind;
  readonly amountMicros: Micros;
  readonly bookingId: string | null;
  readonly bookingName: string | null;
  readonly reason: string | null;
};

export type MoneySide = 'renter' | 'host';

export type TransfersAsk = {
  readonly side: MoneySide;
  readonly kind?: TransferKind | undefined;
  readonly month?: Month | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** The movements of the viewer's own accounts of one side, newest first. Reads as many rows as it answers, whatever was before. */
export async function transfersOf(actor: Actor, ask: TransfersAsk): Promise<Page<TransferRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 50), MOST_ROWS);
  return page(await accountsOf(actor, ask.side), ask, take);
}

/** All of them, two thousand at a time, newest first: for files. */
export async function* everyTransferOf(actor: Actor, ask: TransfersAsk): AsyncGenerator<readonly TransferRow[]> {
  const accounts = await accountsOf(actor, ask.side);
  for (let after = ask.after; ; ) {
    const { rows, next } = await page(accounts, { ...ask, after }, CSV_ROWS);
    yield rows;
    if (next === null) return;
    after = next;
  }
}

type Accounts = {
  readonly ids: readonly string[];
  /** Between two accounts of one owner this one's side is told. */
  readonly first: string;
};

async function accountsOf(actor: Actor, side: MoneySide): Promise<Accounts> {
  // Moves between wallet and holds are the wallet's; what is used comes out of the holds.
  const kinds = side === 'host' ? ['hostPayable', 'hostReserve'] : ['renterWallet', 'renterHolds'];
  const rows = await db.account.findMany({
    where: { ownerId: actor.userId, kind: { in: kinds } },
    select: { id: true, kind: true },
  });
  return {
    ids: rows.map(({ id }) => id),
    first: rows.find(({ kind }) => kind === kinds[0])?.id ?? '',
  };
}

/** Ids carry their time: a month is a range of them. */
function rangeOf(month: Month | undefined): { low: string; high: string } {
  if (month === undefined) return { low: '', high: LAST_ID };
  return {
    low: firstId('transfer', monthStart(month)),
    high: firstId('transfer', monthStart(addMonths(month, 1))),
  };
}

async function page({ ids, first }: Accounts, ask: TransfersAsk, take: number): Promise<Page<TransferRow>> {
  const { low, high } = rangeOf(ask.month);
  const below = ask.after !== undefined && ask.after < high ? ask.after : high;
  const kind = ask.kind ?? null;
  const most = take + 1;
  // An index scan for each account and direction, each as long as the page: what two of them find is one row.
  const rows = await db.$queryRaw<TransferRow[]>`
    SELECT t.id, t.created_at AS at, t.kind, a.kind AS account, t.booking_id AS "bookingId", b.name AS "bookingName", t.reason,
      CASE WHEN t.account_id = t.debit_account_id THEN -t.amount_micros ELSE t.amount_micros END AS "amountMicros"
    FROM (
      SELECT DISTINCT ON (leg.id) leg.*, mine.id AS account_id FROM unnest(${ids}::text[]) AS mine (id)
      CROSS JOIN LATERAL (
        (SELECT * FROM transfers WHERE debit_account_id = mine.id AND id >= ${low} AND id < ${below}
          AND (${kind}::text IS NULL OR kind = ${kind}) ORDER BY id DESC LIMIT ${most}::int)
        UNION ALL
        (SELECT * FROM transfers WHERE credit_account_id = mine.id AND kind <> 'fee' AND id >= ${low} AND id < ${below}
          AND (${kind}::text IS NULL OR kind = ${kind}) ORDER BY id DESC LIMIT ${most}::int)
      ) leg
      ORDER BY leg.id DESC, mine.id = ${first} DESC LIMIT ${most}::int
    ) t JOIN accounts a ON a.id = t.account_id LEFT JOIN bookings b ON b.id = t.booking_id
    ORDER BY t.id DESC`;
  return toPage(rows, take);
}

/** What moved on one day for one reason: a rental is billed by the minute, and nobody reads 1,440 lines of it. */
export type DayLine = {
  /** "2026-11-23", in UTC. */
  readonly day: string;
  /** `use`: what a renter pays for it, the host's part and the fee together. */
  readonly kind: TransferKind | 'use';
  readonly account: AccountKind;
  readonly amountMicros: Micros;
  readonly transfers: number;
  readonly bookingId: string | null;
  readonly bookingName: string | null;
};

/** The movements of a month, summed by day, kind and booking, newest first; `more` when there are over {@link MOST_DAY_LINES}. */
export async function transfersByDay(
  actor: Actor,
  ask: {
    readonly side: MoneySide;
    readonly month: Month;
    readonly kind?: TransferKind | undefined;
    readonly take?: number;
  },
): Promise<{ readonly rows: readonly DayLine[]; readonly more: boolean }> {
  const { ids, first } = await accountsOf(actor, ask.side);
  const { low, high } = rangeOf(ask.month);
  const kind = ask.kind ?? null;
  // Two transfers for each minute are one price to whoever pays it, unless one of them is asked for.
  const together = ask.side === 'renter' && kind === null ? ['capture', 'fee'] : [];
  const take = Math.min(ask.take ?? MOST_DAY_LINES, MOST_DAY_LINES);
  const rows = await db.$queryRaw<DayLine[]>`
    SELECT to_char(d.day, 'YYYY-MM-DD') AS day, d.kind, a.kind AS account, d.amount AS "amountMicros", d.transfers, d.booking_id AS "bookingId", b.name AS "bookingName"
    FROM (
      SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS day,
        CASE WHEN kind = ANY(${together}) THEN 'use' ELSE kind END AS kind, account_id, booking_id,
        sum(amount)::bigint AS amount, count(*)::int AS transfers, max(id) AS last
      FROM (
        SELECT created_at, kind, booking_id, id, debit_account_id AS account_id, -amount_micros AS amount FROM transfers
        WHERE debit_account_id = ANY(${ids}) AND id >= ${low} AND id < ${high}
          AND (${kind}::text IS NULL OR kind = ${kind})
          AND (debit_account_id = ${first} OR NOT credit_account_id = ANY(${ids}))
        UNION ALL
        SELECT created_at, kind, booking_id, id, credit_account_id, amount_micros FROM transfers
        WHERE credit_account_id = ANY(${ids}) AND kind <> 'fee' AND id >= ${low} AND id < ${high}
          AND (${kind}::text IS NULL OR kind = ${kind})
          AND (credit_account_id = ${first} OR NOT debit_account_id = ANY(${ids}))
      ) legs GROUP BY 1, 2, 3, 4
    ) d JOIN accounts a ON a.id = d.account_id LEFT JOIN bookings b ON b.id = d.booking_id
    ORDER BY d.day DESC, d.last DESC LIMIT ${take + 1}::int`;
  return { rows: rows.slice(0, take), more: rows.length > take };
}

/** The month of the viewer's first movement on a side; the present one when there is none. */
export async function firstMonthOf(actor: Actor, side: MoneySide, now: Date): Promise<Month> {
  const { ids } = await accountsOf(actor, side);
  const [first] = await db.$queryRaw<{ id: string | null }[]>`
    SELECT min(leg.id) AS id FROM unnest(${ids}::text[]) AS mine (id) CROSS JOIN LATERAL (
      (SELECT id FROM transfers WHERE debit_account_id = mine.id ORDER BY id LIMIT 1)
      UNION ALL (SELECT id FROM transfers WHERE credit_account_id = mine.id AND kind <> 'fee' ORDER BY id LIMIT 1)
    ) leg`;
  return monthOf(typeof first?.id === 'string' ? madeAt(first.id) : now);
}
