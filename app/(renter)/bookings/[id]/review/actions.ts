'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { replyReview } from '#lib/trust/reply-review.ts';
import { SCORES, type Scores } from '#lib/trust/review.ts';
import { writeReview } from '#lib/trust/write-review.ts';

const score = z.coerce.number('Choose a score.').int('Choose a score.').min(1, 'Choose a score.').max(5);
const words = { reason: z.string().max(5_000).default(''), text: z.string().max(20_000).default('') };
const byRenter = z.object({
  bookingId: z.string(),
  ...(Object.fromEntries(SCORES.map((name) => [name, score])) as Record<(typeof SCORES)[number], typeof score>),
  ...words,
});

export const reviewHost = action(byRenter, async (actor, { bookingId, reason, text, ...scores }) => {
  const given = scores as Scores;
  const { revealed } = await writeReview(actor, { bookingId, scores: given, conduct: null, reason, text });
  return saved(revealed);
});

const byHost = z.object({ bookingId: z.string(), conduct: score, ...words });

export const reviewRenter = action(byHost, async (actor, input) => {
  const { revealed } = await writeReview(actor, { ...input, scores: null });
  return saved(revealed);
});

export const reply = action(z.object({ reviewId: z.string(), text: z.string().max(10_000) }), async (actor, input) => {
  await replyReview(actor, input);
  return 'Your reply is shown.';
});

function saved(revealed: boolean): string {
  return revealed ? 'Both wrote: the two reviews are shown.' : 'Kept. It is shown when both wrote, or after 14 days.';
}
