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

/** Groups of states by which a list of live bookings is narrowed. */
export const RENTALS_SHOWN = ['running', 'starting', 'stopped', 'reserved'] as const;
export type RentalShown = (typeof RENTALS_SHOWN)[number];

export type RentalsAsk = {
  /** `live`: not ended yet. */
  readonly state?: 'live' | 'past' | 'all' | undefined;
  readonly machineId?: string | undefined;
  /** Only what is seen so now. */
  readonly show?: RentalShown | undefined;
  /** In the name, the image, or the name of the machine. */
  readonly find?: string | undefined;
  readonly model?: string | undefined;
  /** These and no others. */
  readonly ids?: readonly string[] | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** What somebody rents, newest first. What runs a job stands with its job; what a job left behind, and costs, stands here. */
export async function rentalsOf(actor: Actor, ask: RentalsAsk, now: Date): Promise<Page<RentalRow>> {
  const { freeMicros } = await walletOf(actor);
  const spendable = await spendableOf(db, actor.userId, freeMicros, now);
  const [page, runways] = await Promise.all([
    pageOf(listedFor(actor), ask, 'renter', spendable, now),
    ask.state === 'past' ? new Map<string, number>() : sharedRunways(actor, spendable, now),
  ]);
  return { ...page, rows: page.rows.map((row) => beside(row, runways, now)) };
}

/** How many rentals of the viewer's are not over, of those that `rentalsOf` lists. */
export async function liveRentals(actor: Actor): Promise<number> {
  return db.booking.count({ where: { ...listedFor(actor), endedAt: null } });
}

/** What runs a job is left out, as long as it does; `modelsRented` says the same. */
function listedFor(actor: Actor) {
  return { renterId: actor.userId, OR: [{ atExit: null }, { desired: 'stopped' }] };
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
      AND: [
        ...(ask.after === undefined ? [] : [{ id: { lt: ask.after } }]),
        ...(ask.ids === undefined ? [] : [{ id: { in: [...ask.ids] } }]),
        ...(ask.show === undefined ? [] : [seenAs(ask.show, now)]),
        ...(ask.find === undefined || ask.find === '' ? [] : [{ OR: holding(ask.find) }]),
        ...(ask.model === undefined ? [] : [{ terms: { path: ['gpuModel'], equals: ask.model } }]),
      ],
    },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: rowColumns,
  });
  const page = toPage(rows, take);
  return { next: page.next, rows: page.rows.map((row) => rowFrom(row, side, freeMicros, now)) };
}

function seenAs(show: RentalShown, now: Date): Prisma.BookingWhereInput {
  const ahead = { kind: 'reserved', desired: 'running', startsAt: { gt: now } };
  if (show === 'reserved') return ahead;
  if (show === 'running') return { desired: 'running', observed: 'connectable' };
  if (show === 'stopped') return { desired: 'stopped' };
  return { desired: 'running', observed: { not: 'connectable' }, NOT: ahead };
}

function holding(text: string): Prisma.BookingWhereInput[] {
  const contains = { contains: text, mode: 'insensitive' as const };
  return [{ name: contains }, { image: contains }, { machine: { name: contains } }];
}

/** The GPU models among the rentals that `rentalsOf` lists, for a filter. */
export async function modelsRented(actor: Actor): Promise<string[]> {
  const rows = await db.$queryRaw<{ model: string }[]>`
    SELECT DISTINCT terms->>'gpuModel' AS model FROM bookings
    WHERE renter_id = ${actor.userId} AND (at_exit IS NULL OR desired = 'stopped') ORDER BY 1 LIMIT 50`;
  return rows.map(({ model }) => model);
}
