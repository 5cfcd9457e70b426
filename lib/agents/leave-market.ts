import { hashOfSecret } from '#lib/auth/secret.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { whyNotRetire } from '#lib/catalogue/machine.ts';
import { takeOutMachine, withdrawOffer } from '#lib/catalogue/take-out-machine.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { LeaveAnswer } from '#protocol/agent.ts';

/**
 * An agent says that it is being taken off its machine: the machine is retired, or, while something is still rented on it,
 * offered no more. Its host is told. Where two machines use the identity, the other one stays. Refuses with `agentUnknown`.
 */
export async function leaveMarket(token: string, world: World = theWorld): Promise<LeaveAnswer['outcome']> {
  const now = world.now();
  return inTransaction('leave market', async (tx) => {
    const session = await tx.agentSession.findUnique({
      where: { tokenHash: hashOfSecret(token) },
      select: { machineId: true, supersededAt: true },
    });
    if (session === null || session.supersededAt !== null) throw new Refusal('agentUnknown');
    const { machineId } = session;
    await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${machineId} FOR UPDATE`;
    const machine = await tx.machine.findUniqueOrThrow({
      where: { id: machineId },
      select: {
        hostId: true,
        retiredAt: true,
        identityCopiedAt: true,
        _count: { select: { bookings: { where: { endedAt: null } } } },
      },
    });
    if (machine.retiredAt !== null) return 'retired';
    if (machine.identityCopiedAt !== null) return 'copied';
    const retired = whyNotRetire({ retiredAt: null, openBookings: machine._count.bookings }) === null;
    if (retired) await takeOutMachine(tx, machineId, now);
    else await withdrawOffer(tx, machineId, now);
    const kind = retired ? 'machine.retired' : 'machine.agentRemoved';
    const reason = 'Its agent was uninstalled.';
    await recordEvent(tx, THE_MARKET, { kind, userId: machine.hostId, machineId, reason }, now);
    return retired ? 'retired' : 'rented';
  });
}
