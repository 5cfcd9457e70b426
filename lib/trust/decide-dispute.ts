import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { reasonGiven } from '#lib/bookings/reason.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { inTransaction } from '#lib/io/db.ts';
import { closeDispute } from './close-dispute.ts';
import { decisionOf, whyNotDecide } from './dispute.ts';
import { lockDispute } from './lock-dispute.ts';
import type { DecideDisputeInput } from './schema.ts';
import { writeMove } from './write-move.ts';

/**
 * An admin who is no party decides a dispute, once: what the renter gets back of what was contested, with a reason that both
 * sides read. The renter's part becomes a credit; the rest goes back to host and platform. Refuses with `forbidden`,
 * `caseClaimed`, `conflict` (changed since `seen`), `notNow` (decided already, or a side still has time to move), `badInput` (`part`, `reason`) or `notFound`.
 */
export async function decideDispute(actor: Actor, input: DecideDisputeInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const reason = reasonGiven(input.reason);
  await inTransaction('decide dispute', async (tx) => {
    const now = world.now();
    const dispute = await lockDispute(tx, input.disputeId);
    await settleCase(tx, actor, { kind: 'dispute', id: dispute.id }, input.seen, now);
    refuseIf(whyNotDecide(dispute, actor.userId, now));
    const decision = decisionOf(input.outcome, dispute.amountMicros, input.partMicros);
    if (typeof decision === 'string') throw new Refusal('badInput', { partMicros: decision });
    const { givenMicros } = decision;
    const move = { side: 'staff', actorId: actor.userId, move: 'decided', amountMicros: givenMicros } as const;
    const where = { disputeId: dispute.id, number: dispute.nextNumber };
    await writeMove(tx, { ...where, ...move, text: reason, evidence: [] }, now);
    await closeDispute(tx, actor, dispute, { how: 'admin', givenMicros, reason }, now);
  });
}
