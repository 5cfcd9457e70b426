import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { sideOf } from './dispute.ts';
import { type ReviewSide, revealAtOf, reviewProblems, SCORES, whyNotReview } from './review.ts';
import type { WriteReviewInput } from './review-schema.ts';

/**
 * Renter or host review a rental that ended, each the other, or change what they wrote while it is not shown. When both wrote,
 * both reviews are shown at once. Refuses with `notNow` (not over, never usable, fourteen days over, shown already), `badInput`,
 * `ownMachine`, `suspended`, or `notFound` for everybody else.
 */
export async function writeReview(
  actor: Actor,
  input: WriteReviewInput,
  world: World = theWorld,
): Promise<{ readonly reviewId: string; readonly revealed: boolean }> {
  requireActive(actor);
  return inTransaction('write review', async (tx) => {
    const now = world.now();
    const booking = await lockBooking(tx, { id: input.bookingId });
    const side = sideOf(booking, actor.userId);
    if (side === null) throw new Refusal('notFound');
    const written = await tx.review.findMany({
      where: { bookingId: booking.id },
      select: { id: true, side: true, revealAt: true },
    });
    const own = written.find((review) => review.side === side) ?? null;
    const other = written.find((review) => review.side !== side) ?? null;
    refuseIf(whyNotReview(booking, own, now));
    const content = contentOf(side, input);
    const revealAt = revealAtOf(booking.endedAt ?? now, other !== null, now);
    const reviewId = own?.id ?? newId('review', now);
    await tx.review.upsert({
      where: { bookingId_side: { bookingId: booking.id, side } },
      create: { ...identity(reviewId, booking, side), ...content, writtenAt: now, editedAt: now, revealAt },
      update: { ...content, editedAt: now },
    });
    if (own !== null) return { reviewId, revealed: false };
    if (other !== null) await reveal(tx, booking.id, now);
    const to = side === 'renter' ? booking.hostId : booking.renterId;
    const about = { userId: to, bookingId: booking.id, machineId: booking.machineId };
    const data = { reviewId, side, revealed: other !== null };
    await recordEvent(tx, actor, { kind: 'review.written', ...about, data }, now);
    return { reviewId, revealed: other !== null };
  });
}

function identity(id: string, booking: LockedBooking, side: ReviewSide) {
  const { id: bookingId, machineId, listingId, renterId, hostId } = booking;
  const [authorId, subjectId] = side === 'renter' ? [renterId, hostId] : [hostId, renterId];
  return { id, bookingId, side, authorId, subjectId, machineId, listingId };
}

/** Both wrote: each is read from now on, and both are told by the event of the second. */
async function reveal(tx: Tx, bookingId: string, now: Date): Promise<void> {
  await tx.review.updateMany({ where: { bookingId }, data: { revealAt: now, toldAt: now } });
}

function contentOf(side: ReviewSide, { scores, conduct, reason, text }: WriteReviewInput) {
  const given = side === 'renter' ? (scores === null ? [] : SCORES.map((name) => scores[name])) : [conduct ?? 0];
  if (given.length === 0) throw new Refusal('badInput', { scores: 'Score each of the six.' });
  const problems = reviewProblems({ side, scores: given, reason, text });
  if (problems !== null)
    throw new Refusal('badInput', side === 'host' && 'scores' in problems ? { conduct: problems.scores } : problems);
  const words = { reason: reason.trim() === '' ? null : reason.trim(), text: text.trim() };
  return side === 'renter' ? { ...scores, ...words } : { conduct, ...words };
}
