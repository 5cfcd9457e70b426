import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { OpenThreadInput } from './schema.ts';
import { cleanText, messageProblem, REPORT_CHARACTERS } from './thread.ts';

/**
 * An admin opens the thread of a booking that is disputed, for an hour, and says why: it stands in the audit trail, and both
 * sides see it among what happened. Refuses with `badInput` (`reason`), `forbidden`, or `notFound` where nothing is disputed.
 */
export async function openThreadToStaff(actor: Actor, input: OpenThreadInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const reason = cleanText(input.reason);
  const problem = messageProblem(reason, REPORT_CHARACTERS);
  if (problem !== null) throw new Refusal('badInput', { reason: problem });
  await inTransaction('open thread to staff', async (tx) => {
    const dispute = await tx.dispute.findFirst({
      where: { bookingId: input.bookingId },
      orderBy: { id: 'desc' },
      select: { id: true, renterId: true, hostId: true, booking: { select: { machineId: true } } },
    });
    if (dispute === null) throw new Refusal('notFound');
    await recordEvent(
      tx,
      actor,
      {
        kind: 'thread.openedToStaff',
        userId: dispute.renterId,
        bookingId: input.bookingId,
        machineId: dispute.booking.machineId,
        reason,
        data: { disputeId: dispute.id, hostId: dispute.hostId },
      },
      world.now(),
    );
  });
}
