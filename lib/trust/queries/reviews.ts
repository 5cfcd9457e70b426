import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { type ReviewSide, SCORES, type Scores, type Standing, standingOf } from '../review.ts';

/** A review as everybody reads it who may. */
export type Review = {
  readonly id: string;
  /** Who wrote it, as which side. */
  readonly side: ReviewSide;
  readonly author: string;
  /** Of a renter. */
  readonly scores: Scores | null;
  /** Of a host, about the renter. */
  readonly conduct: number | null;
  readonly reason: string | null;
  readonly text: string;
  readonly writtenAt: Date;
  readonly edited: boolean;
  readonly revealAt: Date;
  readonly reply: string | null;
  readonly repliedAt: Date | null;
};

export const reviewColumns = {
  id: true,
  side: true,
  author: { select: { name: true } },
  asDescribed: true,
  startUp: true,
  stability: true,
  network: true,
  support: true,
  value: true,
  conduct: true,
  reason: true,
  text: true,
  writtenAt: true,
  editedAt: true,
  revealAt: true,
  reply: true,
  repliedAt: true,
} satisfies Prisma.ReviewSelect;

type Row = Prisma.ReviewGetPayload<{ select: typeof reviewColumns }>;

export function reviewFrom(row: Row): Review {
  const { id, conduct, reason, text, writtenAt, editedAt, revealAt, reply, repliedAt } = row;
  const scores = Object.fromEntries(SCORES.map((name) => [name, row[name] ?? 0])) as Scores;
  return {
    ...{ id, conduct, reason, text, writtenAt, revealAt, reply, repliedAt },
    side: row.side as ReviewSide,
    author: row.author.name,
    scores: row.side === 'renter' ? scores : null,
    edited: editedAt.getTime() !== writtenAt.getTime(),
  };
}

/** Reviews that everybody reads. */
export const shown = (now: Date) => ({ revealAt: { lte: now }, hiddenAt: null });

/** What renters say of a listing, newest first, for everybody: only what is shown. */
export async function reviewsOfListing(
  listingId: string,
  now: Date,
  ask: { readonly before?: string | undefined; readonly take?: number | undefined } = {},
): Promise<Page<Review>> {
  const take = Math.min(Math.max(1, ask.take ?? 10), 50);
  const rows = await db.review.findMany({
    where: {
      listingId,
      side: 'renter',
      ...shown(now),
      ...(ask.before === undefined ? {} : { id: { lt: ask.before } }),
    },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: reviewColumns,
  });
  return toPage(rows.map(reviewFrom), take);
}

/** How a listing or a host stands by what renters say: each of the six, and all together. */
export type HostStanding = Standing & {
  /** Hundredths of a point each; null below the least number of reviews. */
  readonly scores: Scores | null;
};

/** How a host stands by the reviews of all their machines that are shown. */
export async function hostStanding(hostId: string, now: Date): Promise<HostStanding> {
  const [row] = await db.$queryRaw<(Record<(typeof SCORES)[number], number> & { count: number; sum: number })[]>`
    SELECT count(*)::int AS count,
      coalesce(sum((as_described + start_up + stability + network + support + value) * 100 / 6), 0)::int AS sum,
      coalesce(sum(as_described), 0)::int AS "asDescribed", coalesce(sum(start_up), 0)::int AS "startUp",
      coalesce(sum(stability), 0)::int AS stability, coalesce(sum(network), 0)::int AS network,
      coalesce(sum(support), 0)::int AS support, coalesce(sum(value), 0)::int AS value
    FROM reviews WHERE subject_id = ${hostId} AND side = 'renter' AND reveal_at <= ${now} AND hidden_at IS NULL`;
  if (row === undefined) throw new Error('a sum has one row');
  const { count, sum } = row;
  const standing = standingOf(count, sum);
  const each = Object.fromEntries(SCORES.map((name) => [name, Math.floor((100 * row[name]) / Math.max(1, count))]));
  return { ...standing, scores: standing.averageHundredths === null ? null : (each as Scores) };
}

/** How a renter stands by what hosts say of them, for hosts and staff to read. */
export async function renterStanding(renterId: string, now: Date): Promise<Standing> {
  const { _count, _sum } = await db.review.aggregate({
    where: { subjectId: renterId, side: 'host', ...shown(now) },
    _count: true,
    _sum: { conduct: true },
  });
  return standingOf(_count, 100 * (_sum.conduct ?? 0));
}

/** Whose listing it is. Refuses with `notFound`. */
export async function hostOfListing(listingId: string): Promise<string> {
  const row = await db.listing.findUnique({
    where: { id: listingId },
    select: { machine: { select: { hostId: true } } },
  });
  if (row === null) throw new Refusal('notFound');
  return row.machine.hostId;
}

/** What the page of an offer shows of reviews: how its host stands, and the newest of this offer. */
export async function reviewsPanelOf(
  listingId: string,
  now: Date,
  ask: { readonly before?: string | undefined; readonly take?: number | undefined } = {},
): Promise<{ readonly standing: HostStanding } & Page<Review>> {
  const hostId = await hostOfListing(listingId);
  const [standing, page] = await Promise.all([hostStanding(hostId, now), reviewsOfListing(listingId, now, ask)]);
  return { standing, ...page };
}
