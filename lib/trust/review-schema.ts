import * as z from 'zod';
import { REPORT_CAUSES, REPORT_TEXT_MAX } from './report.ts';
import { MOST_REASON_CHARACTERS, MOST_REPLY_CHARACTERS, MOST_REVIEW_CHARACTERS, SCORES } from './review.ts';

const score = z.int().min(1, 'From 1 to 5.').max(5, 'From 1 to 5.');
const words = {
  reason: z
    .string()
    .max(4 * MOST_REASON_CHARACTERS)
    .default(''),
  text: z
    .string()
    .max(4 * MOST_REVIEW_CHARACTERS)
    .default(''),
};

/** A renter scores six things, a host the conduct of the renter. Which of the two it is follows from who asks. */
export const writeReviewInput = z.object({
  scores: z
    .object(Object.fromEntries(SCORES.map((name) => [name, score])) as Record<(typeof SCORES)[number], typeof score>)
    .nullable()
    .default(null),
  conduct: score.nullable().default(null),
  ...words,
});
export type WriteReviewInput = z.output<typeof writeReviewInput> & { readonly bookingId: string };

export const replyReviewInput = z.object({ text: z.string().max(4 * MOST_REPLY_CHARACTERS) });
export type ReplyReviewInput = z.output<typeof replyReviewInput> & { readonly reviewId: string };

export const hideReviewInput = z.object({ reason: z.string().max(2_000) });
export type HideReviewInput = z.output<typeof hideReviewInput> & { readonly reviewId: string };

export const reportReviewInput = z.object({ cause: z.enum(REPORT_CAUSES), text: z.string().max(4 * REPORT_TEXT_MAX) });
export type ReportReviewInput = z.output<typeof reportReviewInput> & { readonly reviewId: string };
