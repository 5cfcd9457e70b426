import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { CloseReportInput } from './schema.ts';
import { cleanText, messageProblem, REPORT_CHARACTERS } from './thread.ts';

/**
 * An admin says, once, what came of a reported message; whoever reported it reads that, and its author, too, when they are
 * warned. What else is done about the author is done on the page of that person. Refuses with `badInput` (`outcome`), `forbidden` (also when it is about oneself), `caseClaimed`, `conflict` (changed since `seen`), `notNow` or `notFound`.
 */
export async function closeMessageReport(
  actor: Actor,
  input: CloseReportInput,
  world: World = theWorld,
): Promise<void> {
  requireAdmin(actor);
  const outcome = cleanText(input.outcome);
  const problem = messageProblem(outcome, REPORT_CHARACTERS);
  if (problem !== null) throw new Refusal('badInput', { outcome: problem });
  await inTransaction('close message report', async (tx) => {
    const now = world.now();
    await tx.$queryRaw`SELECT 1 FROM message_reports WHERE id = ${input.reportId} FOR UPDATE`;
    const report = await tx.messageReport.findUnique({ where: { id: input.reportId } });
    if (report === null) throw new Refusal('notFound');
    const { id, bookingId, authorId, reporterId } = report;
    if ([authorId, reporterId].includes(actor.userId))
      throw new Refusal('forbidden', {}, 'It is about you: another admin decides.');
    await settleCase(tx, actor, { kind: 'report', id }, input.seen, now);
    if (report.closedAt !== null) throw new Refusal('notNow', {}, 'Somebody closed this report already.');
    await tx.messageReport.update({ where: { id }, data: { closedAt: now, closedById: actor.userId, outcome } });
    await recordEvent(
      tx,
      actor,
      {
        kind: 'message.reportClosed',
        userId: reporterId,
        bookingId,
        reason: outcome,
        data: { reportId: id, messageId: report.messageId, authorId, warned: input.warns === true },
      },
      now,
    );
  });
}
