import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { reasonGiven } from '#lib/bookings/reason.ts';
import { inTransaction } from '#lib/io/db.ts';
import { hideShownReview } from './hide-shown-review.ts';
import type { HideReviewInput } from './review-schema.ts';

/**
 * An admin who is no party takes a review out of sight, with a reason that its author reads; it counts in no average any more.
 * Refuses with `forbidden`, `badInput` (`reason`), `notNow` when it is out of sight, or `notFound`.
 */
export async function hideReview(actor: Actor, input: HideReviewInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const reason = reasonGiven(input.reason);
  await inTransaction('hide review', async (tx) => {
    const now = world.now();
    await tx.$queryRaw`SELECT 1 FROM reviews WHERE id = ${input.reviewId} FOR UPDATE`;
    const review = await tx.review.findUnique({ where: { id: input.reviewId } });
    if (review === null) throw new Refusal('notFound');
    if (review.subjectId === actor.userId || review.authorId === actor.userId)
      throw new Refusal('forbidden', {}, 'It is yours, or about you: another admin decides.');
    if (review.hiddenAt !== null) throw new Refusal('notNow', {}, 'It is out of sight already.');
    await hideShownReview(tx, actor, review.id, reason, now);
  });
}
