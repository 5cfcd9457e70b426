import type { Actor } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import type { EventKind } from '#lib/events/event.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { closeDispute } from './close-dispute.ts';
import { sideOf, textProblem } from './dispute.ts';
import { type MoveTold, nextOf, offerProblem, type Side, whyNotMove } from './dispute-move.ts';
import { lockDispute } from './lock-dispute.ts';
import type { MoveDisputeInput } from './schema.ts';
import { ownEvidence, writeMove } from './write-move.ts';

/**
 * Host or renter move in a dispute: accept, offer, answer, hand it to an admin, take it back, or add something. What ends it
 * moves its money in the same transaction. Suspended people may. Refuses with `notNow` (not their turn, too late, decided),
 * `conflict` where the other side moved since `seen`, `badInput` (`amountMicros`, `text`, `evidence…`), or `notFound` for
 * everybody else.
 */
export async function moveDispute(actor: Actor, input: MoveDisputeInput, world: World = theWorld): Promise<void> {
  const own = ownEvidence(input.evidence ?? null, input.file ?? null);
  await inTransaction('move dispute', async (tx) => {
    const now = world.now();
    const dispute = await lockDispute(tx, input.disputeId);
    const side = sideOf(dispute, actor.userId);
    if (side === null) throw new Refusal('notFound');
    refuseIf(whyNotMove(dispute, side, input.move, now));
    // Whoever accepts means the amount that they saw.
    if (input.seen !== undefined && input.seen < dispute.nextNumber && input.move === 'accept')
      throw new Refusal('conflict', {}, 'Something was said meanwhile. Read it, and decide again.');
    const amountMicros = input.move === 'offer' ? input.amountMicros : null;
    if (input.move === 'offer') {
      const wrong = offerProblem(dispute, side, amountMicros);
      if (wrong !== null) throw new Refusal('badInput', { amountMicros: wrong });
    }
    const next = nextOf(dispute, side, input.move, amountMicros, now);
    const given = 'how' in next ? next.givenMicros : amountMicros;
    const text = said(input.text, next.told, side, given);
    await writeMove(
      tx,
      {
        ...{ disputeId: dispute.id, number: dispute.nextNumber, side, actorId: actor.userId, move: next.told, text },
        amountMicros: next.told === 'withdrawn' ? null : given,
        evidence: own,
      },
      now,
    );
    if ('how' in next) {
      const { how, givenMicros } = next;
      await closeDispute(tx, actor, dispute, { how, givenMicros, reason: text }, now);
      return;
    }
    const { told, ...data } = next;
    await tx.dispute.update({
      where: { id: dispute.id },
      data: {
        ...data,
        ...(side === 'host' && told !== 'said' && dispute.hostSaidAt === null ? { hostSaidAt: now } : {}),
      },
    });
    const { booking } = dispute;
    const about = { userId: booking.renterId, bookingId: booking.id, machineId: booking.machineId };
    const facts = { disputeId: dispute.id, hostId: booking.hostId, side, move: told };
    const amount = amountMicros === null ? {} : { amountMicros: amountMicros.toString() };
    await recordEvent(
      tx,
      actor,
      { kind: EVENTS[told] ?? 'dispute.answered', ...about, data: { ...facts, ...amount } },
      now,
    );
  });
}

const EVENTS: Partial<Record<MoveTold, EventKind>> = {
  offered: 'dispute.offered',
  countered: 'dispute.offered',
  escalated: 'dispute.escalated',
};

/** What is written down: the words of whoever moved, which some moves need, or what the move itself says. */
function said(typed: string, told: MoveTold, side: Side, micros: bigint | null): string {
  const text = typed.trim();
  const needed = told === 'answered' || told === 'said';
  if (text !== '' || needed) {
    const problem = textProblem(text);
    if (problem !== null) throw new Refusal('badInput', { text: problem });
    return text;
  }
  const amount = formatDollars(micros ?? 0n);
  switch (told) {
    case 'accepted':
      return side === 'host' ? `The host gives ${amount} back.` : `The renter takes the ${amount} that were offered.`;
    case 'withdrawn':
      return 'The renter took it back.';
    case 'offered':
      return `The host offers ${amount}.`;
    case 'countered':
      return `The renter asks for ${amount}.`;
    default:
      return 'An admin is to decide.';
  }
}
