import type { Actor } from '#lib/base/actor.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';

/** Step: takes a review out of sight; its author is told why. False when it is already. The caller is an admin and no party. */
export async function hideShownReview(
  tx: Tx,
  actor: Pick<Actor, 'userId'>,
  reviewId: string,
  reason: string,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.review.updateMany({
    where: { id: reviewId, hiddenAt: null },
    data: { hiddenAt: now, hiddenReason: reason, hiddenById: actor.userId },
  });
  if (count === 0) return false;
  const { authorId: userId, bookingId, machineId } = await tx.review.findUniqueOrThrow({ where: { id: reviewId } });
  await recordEvent(
    tx,
    actor,
    { kind: 'review.hidden', userId, bookingId, machineId, reason, data: { reviewId } },
    now,
  );
  return true;
}
