import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { isRevealed, REVIEW_DAYS, type ReviewSide, reviewUntil, whyNotReply, whyNotReview } from '../review.ts';
import { reviewColumns as columns, type Review, reviewFrom, shown } from './reviews.ts';

/** A review of one's own, or about oneself, with what may be done with it. */
export type OwnReview = Review & {
  /** True when everybody can read it. */
  readonly revealed: boolean;
  /** Staff took it out of sight, for this reason. */
  readonly hiddenReason: string | null;
  readonly whyNotReply: string | null;
};

/** The reviews of one rental, as one of its two sides sees them. */
export type RentalReviews = {
  readonly booking: { readonly id: string; readonly name: string };
  readonly machine: { readonly name: string; readonly listingId: string };
  readonly side: ReviewSide;
  /** Whom the viewer reviews. */
  readonly subject: { readonly id: string; readonly name: string };
  readonly mine: OwnReview | null;
  /** Null until it is shown, whether or not it was written. */
  readonly theirs: OwnReview | null;
  readonly otherWrote: boolean;
  /** Until when it can be written; null while the rental is not over. */
  readonly until: Date | null;
  /** Why the viewer cannot write or change theirs now. */
  readonly whyNot: string | null;
};

/** The reviews of a rental, for its renter or its host. What is neither's is not found. */
export async function rentalReviewsOf(actor: Actor, bookingId: string, now: Date): Promise<RentalReviews> {
  const row = await db.booking.findFirst({
    where: { id: bookingId, OR: [{ renterId: actor.userId }, { hostId: actor.userId }] },
    select: {
      ...{ id: true, name: true, renterId: true, hostId: true, startedAt: true, endedAt: true, listingId: true },
      renter: { select: { id: true, name: true } },
      host: { select: { id: true, name: true } },
      machine: { select: { name: true } },
      reviews: { select: { ...columns, hiddenAt: true, hiddenReason: true } },
    },
  });
  if (row === null) throw new Refusal('notFound');
  const side: ReviewSide = row.renterId === actor.userId ? 'renter' : 'host';
  const of = (which: ReviewSide) => {
    const found = row.reviews.find((review) => review.side === which);
    if (found === undefined) return null;
    return {
      ...reviewFrom(found),
      revealed: isRevealed(found, now),
      hiddenReason: found.hiddenReason,
      whyNotReply: whyNotReply(found, now)?.sentence ?? null,
    };
  };
  const mine = of(side);
  const theirs = of(side === 'renter' ? 'host' : 'renter');
  return {
    booking: { id: row.id, name: row.name },
    machine: { name: row.machine.name, listingId: row.listingId },
    side,
    subject: side === 'renter' ? row.host : row.renter,
    mine,
    theirs: theirs?.revealed === true && theirs.hiddenReason === null ? theirs : null,
    otherWrote: theirs !== null,
    until: row.endedAt === null ? null : reviewUntil(row.endedAt),
    whyNot: whyNotReview(row, mine, now)?.sentence ?? null,
  };
}

/** A rental of the viewer's that they can still review. */
export type ToReview = {
  readonly bookingId: string;
  readonly name: string;
  readonly machine: string;
  readonly side: ReviewSide;
  /** Whom to review. */
  readonly subject: string;
  readonly until: Date;
  readonly otherWrote: boolean;
};

/** A review in the viewer's own list. */
export type ReviewOfMine = OwnReview & {
  readonly bookingId: string;
  readonly booking: string;
  readonly subject: string;
};

export type MyReviews = {
  /** The most urgent first. */
  readonly toWrite: readonly ToReview[];
  /** Newest first. */
  readonly written: readonly ReviewOfMine[];
  readonly aboutMe: readonly ReviewOfMine[];
};

const MOST_LISTED = 50;

/** What the viewer can review, what they wrote, and what is said of them where it is shown. */
export async function myReviews(actor: Actor, now: Date): Promise<MyReviews> {
  const { userId } = actor;
  const since = new Date(now.getTime() - REVIEW_DAYS * 86_400_000);
  const select = {
    ...columns,
    hiddenAt: true,
    hiddenReason: true,
    bookingId: true,
    booking: { select: { name: true } },
    subject: { select: { name: true } },
  } as const;
  const [rentals, written, aboutMe] = await Promise.all([
    db.booking.findMany({
      where: {
        OR: [
          { renterId: userId, reviews: { none: { side: 'renter' } } },
          { hostId: userId, reviews: { none: { side: 'host' } } },
        ],
        startedAt: { not: null },
        endedAt: { gt: since },
      },
      orderBy: { endedAt: 'asc' },
      take: MOST_LISTED,
      select: {
        ...{ id: true, name: true, renterId: true, endedAt: true },
        renter: { select: { name: true } },
        host: { select: { name: true } },
        machine: { select: { name: true } },
        reviews: { select: { id: true } },
      },
    }),
    db.review.findMany({ where: { authorId: userId }, orderBy: { id: 'desc' }, take: MOST_LISTED, select }),
    db.review.findMany({
      where: { subjectId: userId, ...shown(now) },
      orderBy: { id: 'desc' },
      take: MOST_LISTED,
      select,
    }),
  ]);
  const listed = (row: (typeof written)[number]): ReviewOfMine => ({
    ...reviewFrom(row),
    revealed: isRevealed(row, now),
    hiddenReason: row.hiddenReason,
    whyNotReply: whyNotReply(row, now)?.sentence ?? null,
    bookingId: row.bookingId,
    booking: row.booking.name,
    subject: row.subject.name,
  });
  return {
    toWrite: rentals.map(({ id, name, renterId, endedAt, renter, host, machine, reviews }) => {
      const side: ReviewSide = renterId === userId ? 'renter' : 'host';
      return {
        ...{ bookingId: id, name, side, machine: machine.name },
        subject: side === 'renter' ? host.name : renter.name,
        until: reviewUntil(endedAt ?? now),
        otherWrote: reviews.length > 0,
      };
    }),
    written: written.map(listed),
    aboutMe: aboutMe.map(listed),
  };
}

/** What the page of a rental says of reviewing it, to its two sides; null where nothing can be written (now). */
export async function reviewNudge(
  actor: Actor,
  bookingId: string,
  now: Date,
): Promise<{ readonly until: Date; readonly written: boolean; readonly otherWrote: boolean } | null> {
  const row = await db.booking.findFirst({
    where: { id: bookingId, OR: [{ renterId: actor.userId }, { hostId: actor.userId }] },
    select: {
      ...{ renterId: true, hostId: true, startedAt: true, endedAt: true },
      reviews: { select: { authorId: true, revealAt: true } },
    },
  });
  if (row === null || row.endedAt === null) return null;
  const own = row.reviews.find(({ authorId }) => authorId === actor.userId) ?? null;
  if (whyNotReview(row, own, now) !== null) return null;
  return { until: reviewUntil(row.endedAt), written: own !== null, otherWrote: row.reviews.length > (own ? 1 : 0) };
}
