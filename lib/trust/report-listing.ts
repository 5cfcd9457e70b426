import { RULES } from '#lib/auth/attempt.ts';
import { countAttempts } from '#lib/auth/count-attempts.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { openReport } from './open-report.ts';
import { reportTextProblem } from './report.ts';
import type { ReportListingInput } from './schema.ts';

/**
 * Somebody who is signed in reports a listing: one that is published, or one that they rented. Ten reports a day at most,
 * one of a listing until it is decided; then they are told how. Refuses with `badInput` (`text`), `notNow`, `suspended`,
 * `tooManyAttempts`, or `notFound`.
 */
export async function reportListing(
  actor: Actor,
  input: ReportListingInput,
  world: World = theWorld,
): Promise<{ readonly reportId: string }> {
  requireActive(actor);
  const problem = reportTextProblem(input.text);
  if (problem !== null) throw new Refusal('badInput', { text: problem });
  const now = world.now();
  const { listingId, cause, text } = input;
  return inTransaction('report listing', async (tx) => {
    const listing = await tx.listing.findFirst({
      where: { id: listingId, OR: [{ state: 'published' }, { bookings: { some: { renterId: actor.userId } } }] },
      select: { hostId: true },
    });
    if (listing === null) throw new Refusal('notFound');
    // In this transaction: what is refused as a second one is not counted, and what is made always is.
    await countAttempts(tx, [{ rule: RULES.reportByAccount, subject: actor.userId }], now);
    const about = { subjectKind: 'listing' as const, subjectId: listingId, listingId, aboutId: listing.hostId };
    return { reportId: await openReport(tx, actor, { ...about, cause, text }, now) };
  });
}
