'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { reportReview } from '#lib/trust/report-review.ts';
import { reportReviewInput } from '#lib/trust/review-schema.ts';

export const report = action(reportReviewInput.extend({ reviewId: z.string().max(64) }), async (actor, input) => {
  await reportReview(actor, input);
  return 'Thank you. Somebody looks at it, and you are told how it ends.';
});
