import { THE_MARKET } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { closeDispute } from './close-dispute.ts';
import { lapseOf } from './dispute-move.ts';
import { lockDispute } from './lock-dispute.ts';
import { writeMove } from './write-move.ts';

/**
 * Sweep: what comes of deadlines that passed in disputes. Without a word of the host it goes to admins, who are told; without
 * one of the renter it ends with what was offered last. Answers how many.
 */
export async function passDisputeDeadlines(world: World = theWorld): Promise<number> {
  const now = world.now();
  const rows = await db.dispute.findMany({
    where: { turn: { in: ['host', 'renter'] }, answerUntil: { lte: now } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return eachRow('passDisputeDeadlines', rows, ({ id }) =>
    inTransaction('pass dispute deadline', (tx) => pass(tx, id, now)),
  );
}

async function pass(tx: Tx, id: string, now: Date): Promise<boolean> {
  const dispute = await lockDispute(tx, id);
  const next = lapseOf(dispute, now);
  if (next === null) return false;
  const ends = 'how' in next;
  const text = ends ? silenceWords(next.givenMicros) : 'The host let the time pass. An admin decides.';
  const move = { side: 'market', actorId: null, move: 'lapsed', amountMicros: ends ? next.givenMicros : null } as const;
  await writeMove(tx, { disputeId: id, number: dispute.nextNumber, ...move, text, evidence: [] }, now);
  if (ends) {
    await closeDispute(tx, THE_MARKET, dispute, { how: next.how, givenMicros: next.givenMicros, reason: text }, now);
    return true;
  }
  const { told: _, ...data } = next;
  await tx.dispute.update({ where: { id }, data });
  const { booking } = dispute;
  const about = { userId: booking.renterId, bookingId: booking.id, machineId: booking.machineId };
  await recordEvent(
    tx,
    THE_MARKET,
    { kind: 'dispute.due', ...about, data: { disputeId: id, hostId: booking.hostId } },
    now,
  );
  return true;
}

function silenceWords(givenMicros: bigint): string {
  return givenMicros === 0n
    ? 'The renter let the time pass, and nothing was offered: it ends with nothing.'
    : `The renter let the time pass: it ends with the ${formatDollars(givenMicros)} that were offered.`;
}
