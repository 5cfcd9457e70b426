import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { hideReview } from '#lib/trust/hide-review.ts';
import { myReviews, rentalReviewsOf } from '#lib/trust/queries/own-reviews.ts';
import { hostOfListing, hostStanding, reviewsOfListing } from '#lib/trust/queries/reviews.ts';
import { replyReview } from '#lib/trust/reply-review.ts';
import { reportReview } from '#lib/trust/report-review.ts';
import { SCORES } from '#lib/trust/review.ts';
import { hideReviewInput, replyReviewInput, reportReviewInput, writeReviewInput } from '#lib/trust/review-schema.ts';
import { writeReview } from '#lib/trust/write-review.ts';
import { answers, bearer, idParam, instant, newDoor, pageEnd, signedInActor, takes, toWire } from './door.ts';

const scores = z.object(
  Object.fromEntries(SCORES.map((name) => [name, z.int()])) as Record<(typeof SCORES)[number], z.ZodInt>,
);
const review = z.object({
  id: z.string(),
  side: z.enum(['renter', 'host']).meta({ description: 'Who wrote it' }),
  author: z.string(),
  scores: scores.nullable().meta({ description: 'Of a renter, 1 to 5 each' }),
  conduct: z.int().nullable().meta({ description: 'Of a host, about the renter, 1 to 5' }),
  reason: z.string().nullable(),
  text: z.string(),
  writtenAt: instant,
  edited: z.boolean(),
  revealAt: instant,
  reply: z.string().nullable(),
  repliedAt: instant.nullable(),
});
const own = review.extend({
  revealed: z.boolean(),
  hiddenReason: z.string().nullable(),
  whyNotReply: z.string().nullable(),
});
const rentalReviews = z
  .object({
    booking: z.object({ id: z.string(), name: z.string() }),
    machine: z.object({ name: z.string(), listingId: z.string() }),
    side: z.enum(['renter', 'host']),
    subject: z.object({ id: z.string(), name: z.string() }),
    mine: own.nullable(),
    theirs: own.nullable().meta({ description: 'Null until it is shown, whether or not it was written' }),
    otherWrote: z.boolean(),
    until: instant.nullable(),
    whyNot: z.string().nullable().meta({ description: 'Why you cannot write or change yours now; null when you can' }),
  })
  .meta({ id: 'RentalReviews' });
const standing = z.object({
  count: z.int(),
  averageHundredths: z.int().nullable().meta({ description: '437 is 4.37 of 5; null below three reviews' }),
  scores: scores.nullable().meta({ description: 'Hundredths of a point each' }),
});
const listed = own.extend({ bookingId: z.string(), booking: z.string(), subject: z.string() });

export const reviews = newDoor();

reviews.openapi(
  createRoute({
    method: 'get',
    path: '/listings/{id}/reviews',
    tags: ['Reviews'],
    summary: 'What renters say of an offer, newest first, and how its host stands by all of theirs',
    request: { params: idParam, query: z.object({ before: pageEnd }) },
    responses: answers(
      z.object({ host: standing, rows: z.array(review), next: z.string().nullable() }),
      'One page of what is shown',
    ),
  }),
  async (c) => {
    const now = theWorld.now();
    const { id } = c.req.valid('param');
    const hostId = await hostOfListing(id);
    const [host, page] = await Promise.all([
      hostStanding(hostId, now),
      reviewsOfListing(id, now, { before: c.req.valid('query').before }),
    ]);
    return c.json(toWire({ host, ...page }), 200);
  },
);

reviews.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/review',
    tags: ['Reviews'],
    summary: 'Your review of a booking and the other side’s, as far as it is shown',
    security: bearer,
    request: { params: idParam },
    responses: answers(rentalReviews, 'Both'),
  }),
  async (c) => c.json(toWire(await rentalReviewsOf(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);

reviews.openapi(
  createRoute({
    method: 'put',
    path: '/bookings/{id}/review',
    tags: ['Reviews'],
    summary: 'Review a booking that ended, or change what you wrote while it is not shown',
    description: 'A renter gives `scores`, a host `conduct`. A score of 2 or less asks for a `reason`.',
    security: bearer,
    request: { params: idParam, ...takes(writeReviewInput) },
    responses: answers(rentalReviews, 'Both, as they are now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await writeReview(actor, { ...c.req.valid('json'), bookingId: id });
    return c.json(toWire(await rentalReviewsOf(actor, id, theWorld.now())), 200);
  },
);

reviews.openapi(
  createRoute({
    method: 'get',
    path: '/reviews',
    tags: ['Reviews'],
    summary: 'What you can review, what you wrote, and what is said of you',
    security: bearer,
    responses: answers(
      z.object({
        toWrite: z.array(
          z.object({
            bookingId: z.string(),
            name: z.string(),
            machine: z.string(),
            side: z.enum(['renter', 'host']),
            subject: z.string(),
            until: instant,
            otherWrote: z.boolean(),
          }),
        ),
        written: z.array(listed),
        aboutMe: z.array(listed),
      }),
      'At most 50 of each',
    ),
  }),
  async (c) => c.json(toWire(await myReviews(signedInActor(c), theWorld.now())), 200),
);

reviews.openapi(
  createRoute({
    method: 'post',
    path: '/reviews/{id}/reply',
    tags: ['Reviews'],
    summary: 'Reply to a review of yourself, once, for everybody to read',
    security: bearer,
    request: { params: idParam, ...takes(replyReviewInput) },
    responses: answers(z.object({ replied: z.literal(true) }), 'Replied'),
  }),
  async (c) => {
    await replyReview(signedInActor(c), { ...c.req.valid('json'), reviewId: c.req.valid('param').id });
    return c.json({ replied: true as const }, 200);
  },
);

reviews.openapi(
  createRoute({
    method: 'post',
    path: '/admin/reviews/{id}/hide',
    tags: ['Admin'],
    summary: 'Take a review out of sight, with a reason that its author reads',
    security: bearer,
    request: { params: idParam, ...takes(hideReviewInput) },
    responses: answers(z.object({ hidden: z.literal(true) }), 'Out of sight'),
  }),
  async (c) => {
    await hideReview(signedInActor(c), { ...c.req.valid('json'), reviewId: c.req.valid('param').id });
    return c.json({ hidden: true as const }, 200);
  },
);

reviews.openapi(
  createRoute({
    method: 'post',
    path: '/reviews/{id}/report',
    tags: ['Reviews'],
    summary: 'Report a review that is shown: staff look at it, and you are told how it ends',
    security: bearer,
    request: { params: idParam, ...takes(reportReviewInput) },
    responses: answers(z.object({ reportId: z.string() }), 'Reported', 201),
  }),
  async (c) =>
    c.json(await reportReview(signedInActor(c), { ...c.req.valid('json'), reviewId: c.req.valid('param').id }), 201),
);
