import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { isDue } from './dispute.ts';
import { lockDispute } from './lock-dispute.ts';

/**
 * Sweep: tells admins, once, of disputes whose host let the time to answer pass: they can be decided as they are. Answers how
 * many.
 */
export async function tellDueDisputes(world: World = theWorld): Promise<number> {
  const now = world.now();
  const rows = await db.dispute.findMany({
    where: { state: 'open', dueToldAt: null, hostSaidAt: null, answerUntil: { lte: now } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return eachRow('tellDueDisputes', rows, ({ id }) => inTransaction('tell due dispute', (tx) => tell(tx, id, now)));
}

async function tell(tx: Tx, id: string, now: Date): Promise<boolean> {
  const dispute = await lockDispute(tx, id);
  if (dispute.state !== 'open' || dispute.dueToldAt !== null || dispute.hostSaidAt !== null || !isDue(dispute, now))
    return false;
  await tx.dispute.update({ where: { id }, data: { dueToldAt: now } });
  const { booking } = dispute;
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'dispute.due',
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      data: { disputeId: id, hostId: booking.hostId },
    },
    now,
  );
  return true;
}
