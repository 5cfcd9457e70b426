import { RULES } from '#lib/auth/attempt.ts';
import { countAttempts } from '#lib/auth/count-attempts.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { openReport } from './open-report.ts';
import { reportTextProblem } from './report.ts';
import type { ReportReviewInput } from './review-schema.ts';

/**
 * Somebody who is signed in reports a review that is shown: one of a renter, or a host's of themselves. Upheld, it is taken out
 * of sight. Refuses with `badInput` (`text`), `notNow`, `suspended`, `tooManyAttempts`, or `notFound`.
 */
export async function reportReview(
  actor: Actor,
  input: ReportReviewInput,
  world: World = theWorld,
): Promise<{ readonly reportId: string }> {
  requireActive(actor);
  const problem = reportTextProblem(input.text);
  if (problem !== null) throw new Refusal('badInput', { text: problem });
  const now = world.now();
  const { reviewId: subjectId, cause, text } = input;
  return inTransaction('report review', async (tx) => {
    const review = await tx.review.findFirst({
      where: {
        id: subjectId,
        revealAt: { lte: now },
        hiddenAt: null,
        OR: [{ side: 'renter' }, { subjectId: actor.userId }],
      },
      select: { authorId: true, text: true, reason: true },
    });
    if (review === null) throw new Refusal('notFound');
    await countAttempts(tx, [{ rule: RULES.reportByAccount, subject: actor.userId }], now);
    const quote = [review.reason, review.text].filter(Boolean).join('\n\n');
    const about = { subjectKind: 'review' as const, subjectId, listingId: null, aboutId: review.authorId, quote };
    return { reportId: await openReport(tx, actor, { ...about, cause, text }, now) };
  });
}
