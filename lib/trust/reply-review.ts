import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { MOST_REPLY_CHARACTERS, whyNotReply } from './review.ts';
import type { ReplyReviewInput } from './review-schema.ts';

/**
 * Whom a review is about replies to it, once, for everybody to read, within thirty days of its being shown. Refuses with
 * `notNow`, `badInput` (`text`), `suspended`, or `notFound` for everybody else.
 */
export async function replyReview(actor: Actor, input: ReplyReviewInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const text = input.text.trim();
  if (text === '') throw new Refusal('badInput', { text: 'Write a reply.' });
  if ([...text].length > MOST_REPLY_CHARACTERS)
    throw new Refusal('badInput', { text: `At most ${MOST_REPLY_CHARACTERS} characters.` });
  await inTransaction('reply to review', async (tx) => {
    const now = world.now();
    await tx.$queryRaw`SELECT 1 FROM reviews WHERE id = ${input.reviewId} FOR UPDATE`;
    const review = await tx.review.findFirst({ where: { id: input.reviewId, subjectId: actor.userId } });
    if (review === null || review.revealAt > now) throw new Refusal('notFound');
    refuseIf(whyNotReply(review, now));
    await tx.review.update({ where: { id: review.id }, data: { reply: text, repliedAt: now } });
    const { authorId: userId, bookingId, machineId } = review;
    const event = { kind: 'review.replied', userId, bookingId, machineId, data: { reviewId: review.id } } as const;
    await recordEvent(tx, actor, event, now);
  });
}
