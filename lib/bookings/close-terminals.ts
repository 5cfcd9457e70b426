import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockBooking } from './lock-booking.ts';
import type { CloseTerminalsInput } from './schema.ts';

/**
 * The renter closes the terminals of a booking, wherever they are open, or one of them; with `forGood` none can be opened for it any more. Their
 * keys go. Suspended people may. Answers how many were open. Refuses with `notFound`.
 */
export async function closeTerminals(
  actor: Actor,
  input: CloseTerminalsInput,
  world: World = theWorld,
): Promise<number> {
  const { bookingId, terminalId = null, forGood } = input;
  return inTransaction('close terminals', async (tx) => {
    const now = world.now();
    const { machineId } = await lockBooking(tx, { id: bookingId, renterId: actor.userId });
    const { count } = await tx.terminal.updateMany({
      where: { bookingId, endedAt: null, ...(terminalId === null ? {} : { id: terminalId }) },
      data: { endedAt: now, endReason: 'closed', keyUntil: now },
    });
    const about = { userId: actor.userId, bookingId, machineId };
    if (forGood) {
      const before = await tx.terminalLock.findUnique({ where: { bookingId }, select: { lockedAt: true } });
      if (before !== null) return count;
      await tx.terminalLock.create({ data: { bookingId, lockedAt: now } });
      await recordEvent(tx, actor, { kind: 'terminal.locked', ...about }, now);
    } else if (count > 0) await recordEvent(tx, actor, { kind: 'terminal.closed', ...about, data: { count } }, now);
    return count;
  });
}
