import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockThread } from './lock-thread.ts';
import type { ReportMessageInput } from './schema.ts';
import { cleanText, messageProblem, REPORT_CHARACTERS } from './thread.ts';

/**
 * A side of a booking shows staff one message of the other, and says why. Staff see that message and no other. Suspended
 * people may. Refuses with `badInput` (`reason`), `notNow` (their own, or reported already) or `notFound`.
 */
export async function reportMessage(
  actor: Actor,
  input: ReportMessageInput,
  world: World = theWorld,
): Promise<{ readonly reportId: string }> {
  const reason = cleanText(input.reason);
  const problem = messageProblem(reason, REPORT_CHARACTERS);
  if (problem !== null) throw new Refusal('badInput', { reason: problem });
  return inTransaction('report message', async (tx) => {
    const message = await tx.message.findUnique({
      where: { id: input.messageId },
      select: { id: true, bookingId: true, authorId: true, text: true, sentAt: true },
    });
    if (message === null) throw new Refusal('notFound');
    const { machineId } = await lockThread(tx, message.bookingId, actor.userId);
    const { id: messageId, bookingId, authorId, text, sentAt } = message;
    if (authorId === actor.userId) throw new Refusal('notNow', {}, 'This is a message of your own.');
    const before = await tx.messageReport.findUnique({ where: { messageId }, select: { id: true } });
    if (before !== null) throw new Refusal('notNow', {}, 'You reported this message already. Staff have it.');
    const now = world.now();
    const id = newId('messageReport', now);
    await tx.messageReport.create({
      data: { id, messageId, bookingId, authorId, reporterId: actor.userId, text, sentAt, reason, reportedAt: now },
    });
    await recordEvent(
      tx,
      actor,
      {
        kind: 'message.reported',
        userId: actor.userId,
        bookingId,
        machineId,
        reason,
        data: { reportId: id, messageId },
      },
      now,
    );
    return { reportId: id };
  });
}
