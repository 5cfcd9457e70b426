import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { sideOf, textProblem, whyNotAnswer } from './dispute.ts';
import { lockDispute } from './lock-dispute.ts';
import type { AnswerDisputeInput } from './schema.ts';

/**
 * Host or renter say their side of a dispute, once each, until it is decided. Suspended people may. Refuses with `notNow`,
 * `badInput` (`text`), or `notFound` for everybody else.
 */
export async function answerDispute(actor: Actor, input: AnswerDisputeInput, world: World = theWorld): Promise<void> {
  await inTransaction('answer dispute', async (tx) => {
    const now = world.now();
    const dispute = await lockDispute(tx, input.disputeId);
    const side = sideOf(dispute, actor.userId);
    if (side === null) throw new Refusal('notFound');
    const problem = textProblem(input.text);
    if (problem !== null) throw new Refusal('badInput', { text: problem });
    refuseIf(whyNotAnswer(dispute, side));
    const says = input.text.trim();
    await tx.dispute.update({
      where: { id: dispute.id },
      data: side === 'host' ? { hostSays: says, hostSaidAt: now } : { renterSays: says, renterSaidAt: now },
    });
    const { booking } = dispute;
    await recordEvent(
      tx,
      actor,
      {
        kind: 'dispute.answered',
        userId: booking.renterId,
        bookingId: booking.id,
        machineId: booking.machineId,
        data: { disputeId: dispute.id, hostId: booking.hostId, side },
      },
      now,
    );
  });
}
