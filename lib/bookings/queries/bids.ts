import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import { db } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { type BidPhase, bidPhase, waitsSentence, whyNotCancelBid, whyNotEditBid } from '../bid.ts';
import { spentOf } from '../bid-wish.ts';
import { type BookingFacts, reasonSentence } from '../booking.ts';
import { readTerms } from '../terms.ts';
import { rentalsOfBids } from './bid-facts.ts';

/** A bid as its renter sees it. */
export type BidRow = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[] | null;
  readonly models: readonly string[];
  readonly listingId: string | null;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly microsPerGpuHour: Micros;
  readonly regions: readonly string[];
  readonly leastTrust: TrustTier;
  /** The most that all of its rentals may cost together. */
  readonly capMicros: Micros | null;
  /** What its rentals have cost, less what came back. */
  readonly spentMicros: Micros;
  /** Whether it has environment variables; which, nobody is told. */
  readonly hasEnvironment: boolean;
  /** The most that it can be raised to: what was frozen with its rental; null while it has none. */
  readonly mostMicrosPerGpuHour: Micros | null;
  readonly phase: BidPhase;
  /** Why it does not run, or why it is over, as a sentence; null when it runs. */
  readonly sentence: string | null;
  readonly detail: string | null;
  readonly rental: {
    readonly bookingId: string;
    readonly machineName: string;
    readonly gpuModel: string;
    /** What it pays now a GPU-hour. */
    readonly microsPerGpuHour: Micros | null;
    readonly endsAt: Date;
    readonly diskUntil: Date | null;
  } | null;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  readonly actions: readonly ('edit' | 'cancel')[];
};

const columns = {
  id: true,
  name: true,
  image: true,
  command: true,
  models: true,
  listingId: true,
  gpuCount: true,
  diskBytes: true,
  microsPerGpuHour: true,
  regions: true,
  leastTrust: true,
  capMicros: true,
  encryptedEnvironment: true,
  state: true,
  waits: true,
  waitsDetail: true,
  createdAt: true,
  closedAt: true,
  closedReason: true,
  booking: {
    select: {
      id: true,
      desired: true,
      observed: true,
      reason: true,
      reasonDetail: true,
      endsAt: true,
      diskUntil: true,
      terms: true,
      machine: { select: { name: true } },
      prices: { orderBy: { since: 'desc' }, take: 1, select: { microsPerGpuHour: true } },
    },
  },
} satisfies Prisma.BidSelect;

const MOST_ROWS = 100;

/** The viewer's bids, newest first; `open` alone, or those that are over. */
export async function bidsOf(
  actor: Actor,
  ask: { readonly state?: 'open' | 'closed' | 'all' | undefined; readonly after?: string | undefined } = {},
): Promise<Page<BidRow>> {
  const { state = 'all', after } = ask;
  const rows = await db.bid.findMany({
    where: {
      renterId: actor.userId,
      ...(state === 'all' ? {} : { state }),
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: MOST_ROWS + 1,
    select: columns,
  });
  const page = toPage(rows, MOST_ROWS);
  return { next: page.next, rows: await rowsFrom(page.rows) };
}

/** One bid of the viewer's, by its id or by its rental's. Refuses with `notFound`. */
export async function bidOf(
  actor: Actor,
  which: { readonly id: string } | { readonly bookingId: string },
): Promise<BidRow> {
  const row = await db.bid.findFirst({ where: { ...which, renterId: actor.userId }, select: columns });
  const [found] = await rowsFrom(row === null ? [] : [row]);
  if (found === undefined) throw new Refusal('notFound');
  return found;
}

type Stored = Prisma.BidGetPayload<{ select: typeof columns }>;

async function rowsFrom(rows: readonly Stored[]): Promise<BidRow[]> {
  const rentals = await rentalsOfBids(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => rowFrom(row, spentOf(rentals.get(row.id) ?? [])));
}

function rowFrom(row: Stored, spentMicros: Micros): BidRow {
  const booking = row.booking as (typeof row.booking & Pick<BookingFacts, 'desired' | 'observed' | 'reason'>) | null;
  const phase = bidPhase(row.state, booking);
  const terms = booking === null ? null : readTerms(booking.terms);
  const closed = row.closedReason === 'cancelled' ? 'You took it back.' : reasonSentence(row.closedReason);
  const sentences: Partial<Record<BidPhase, string | null>> = {
    waiting: waitsSentence(row.waits ?? 'fresh'),
    interrupted: waitsSentence(row.waits) ?? reasonSentence('interrupted'),
    yielding: booking?.reasonDetail ?? null,
    paused: reasonSentence(booking?.reason ?? null),
    closed,
  };
  const live = booking !== null && booking.desired !== 'ended';
  return {
    id: row.id,
    name: row.name,
    image: row.image,
    command: row.command as string[] | null,
    models: row.models,
    listingId: row.listingId,
    gpuCount: row.gpuCount,
    diskBytes: row.diskBytes,
    microsPerGpuHour: row.microsPerGpuHour,
    regions: row.regions,
    leastTrust: row.leastTrust as TrustTier,
    capMicros: row.capMicros,
    spentMicros,
    hasEnvironment: row.encryptedEnvironment !== null,
    mostMicrosPerGpuHour: live ? (terms?.priceMicrosPerGpuHour ?? null) : null,
    phase,
    sentence: sentences[phase] ?? null,
    detail: row.waitsDetail,
    rental:
      booking === null || terms === null
        ? null
        : {
            bookingId: booking.id,
            machineName: booking.machine.name,
            gpuModel: terms.gpuModel,
            microsPerGpuHour: booking.prices[0]?.microsPerGpuHour ?? null,
            endsAt: booking.endsAt,
            diskUntil: booking.diskUntil,
          },
    createdAt: row.createdAt,
    closedAt: row.closedAt,
    actions: [
      ...(whyNotEditBid(row) === null ? (['edit'] as const) : []),
      ...(whyNotCancelBid(row) === null ? (['cancel'] as const) : []),
    ],
  };
}
