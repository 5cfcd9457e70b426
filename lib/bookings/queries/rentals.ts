import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { spendableOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import type { Side } from '../booking.ts';
import type { RentalRow } from '../rental.ts';
import { sharedRunways } from './burn.ts';
import { beside, rowColumns, rowFrom } from './rental-row.ts';

const MOST_ROWS = 100;

export type RentalsAsk = {
  /** `live`: not ended yet. */
  readonly state?: 'live' | 'past' | 'all' | undefined;
  readonly machineId?: string | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** What somebody rents, newest first. What runs a job stands with its job; what a job left behind, and costs, stands here. */
export async function rentalsOf(actor: Actor, ask: RentalsAsk, now: Date): Promise<Page<RentalRow>> {
  const { freeMicros } = await walletOf(actor);
  const spendable = await spendableOf(db, actor.userId, freeMicros, now);
  const whose = { renterId: actor.userId, OR: [{ atExit: null }, { desired: 'stopped' }] };
  const [page, runways] = await Promise.all([
    pageOf(whose, ask, 'renter', spendable, now),
    ask.state === 'past' ? new Map<string, number>() : sharedRunways(actor, spendable, now),
  ]);
  return { ...page, rows: page.rows.map((row) => beside(row, runways, now)) };
}

/** What is rented on somebody's machines, newest first. */
export async function hostedRentals(actor: Actor, ask: RentalsAsk, now: Date): Promise<Page<RentalRow>> {
  return pageOf({ hostId: actor.userId }, ask, 'host', 0n, now);
}

async function pageOf(
  whose: Prisma.BookingWhereInput,
  ask: RentalsAsk,
  side: Side,
  freeMicros: bigint,
  now: Date,
): Promise<Page<RentalRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 50), MOST_ROWS);
  const rows = await db.booking.findMany({
    where: {
      ...whose,
      ...(ask.state === 'live' ? { endedAt: null } : ask.state === 'past' ? { endedAt: { not: null } } : {}),
      ...(ask.machineId === undefined ? {} : { machineId: ask.machineId }),
      ...(ask.after === undefined ? {} : { id: { lt: ask.after } }),
    },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: rowColumns,
  });
  const page = toPage(rows, take);
  return { next: page.next, rows: page.rows.map((row) => rowFrom(row, side, freeMicros, now)) };
}
