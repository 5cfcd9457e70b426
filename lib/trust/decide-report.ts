import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { reasonGiven } from '#lib/bookings/reason.ts';
import { changeStanding } from '#lib/catalogue/change-standing.ts';
import { lockAnyMachine } from '#lib/catalogue/lock-machine.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { hideShownReview } from './hide-shown-review.ts';
import { type ReportState, whyNotDecideReport } from './report.ts';
import type { DecideReportInput } from './schema.ts';

/**
 * An admin who is no party decides a report, once: the listing is suspended, whoever it is about is warned, a
 * review is taken out of sight, or there is nothing in it. The reporter is told the outcome and the reason, the other side never who reported. Refuses with
 * `forbidden`, `caseClaimed`, `conflict` (changed since `seen`), `notNow`, `badInput` (`reason`) or `notFound`.
 */
export async function decideReport(actor: Actor, input: DecideReportInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const reason = reasonGiven(input.reason);
  const now = world.now();
  const { outcome, reportId: id } = input;
  await inTransaction('decide report', async (tx) => {
    const { report, machine } = await lockReport(tx, id);
    await settleCase(tx, actor, { kind: 'report', id }, input.seen, now);
    const listing = machine?.listing ?? null;
    const listingSuspended = listing === null ? null : listing.suspendedAt !== null;
    const facts = { ...report, state: report.state as ReportState, listingSuspended };
    refuseIf(whyNotDecideReport(facts, outcome, actor.userId));
    const state = outcome === 'dismiss' ? 'dismissed' : 'upheld';
    await tx.report.update({
      where: { id },
      data: { state, decision: reason, decidedById: actor.userId, decidedAt: now },
    });
    if (report.subjectKind === 'review' && state === 'upheld')
      await hideShownReview(tx, actor, report.subjectId, reason, now);
    if (outcome === 'suspend' && machine !== null && listing !== null)
      await changeStanding(tx, actor, { ...listing, hostId: machine.hostId }, 'listing.suspended', reason, now);
    const data = {
      reportId: id,
      outcome,
      subjectKind: report.subjectKind,
      subjectId: report.subjectId,
      aboutId: report.aboutId,
    };
    await recordEvent(tx, actor, { kind: 'report.decided', userId: report.reporterId, reason, data }, now);
  });
}

/** The machine first, as everywhere; then the report. */
async function lockReport(tx: Tx, id: string) {
  const found = await tx.report.findUnique({ where: { id }, select: { listingId: true } });
  if (found === null) throw new Refusal('notFound');
  const machine = found.listingId === null ? null : await lockAnyMachine(tx, { listingId: found.listingId });
  await tx.$queryRaw`SELECT 1 FROM reports WHERE id = ${id} FOR UPDATE`;
  return { report: await tx.report.findUniqueOrThrow({ where: { id } }), machine };
}
