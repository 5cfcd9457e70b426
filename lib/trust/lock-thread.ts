import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import type { ThreadFacts, ThreadSide } from './thread.ts';

/** A thread as one of its sides sees it, and how far the other has read; locked until the transaction ends. */
export type LockedThread = ThreadFacts & {
  readonly bookingId: string;
  readonly machineId: string;
  readonly side: ThreadSide;
  readonly other: {
    readonly userId: string;
    readonly readUpTo: string;
    readonly toldAt: Date | null;
    readonly mailedAt: Date | null;
  };
};

/**
 * Step: locks both sides of a booking's thread, in the order of their users, and nothing else: writing waits for no rental.
 * Refuses with `notFound` for whoever is neither renter nor host.
 */
export async function lockThread(tx: Tx, bookingId: string, userId: string): Promise<LockedThread> {
  const booking = await tx.booking.findFirst({
    where: { id: bookingId, OR: [{ renterId: userId }, { hostId: userId }] },
    select: { renterId: true, hostId: true, machineId: true, endedAt: true },
  });
  if (booking === null) throw new Refusal('notFound');
  const { renterId, hostId, machineId, endedAt } = booking;
  await tx.threadSide.createMany({
    data: [renterId, hostId].sort().map((one) => ({ bookingId, userId: one })),
    skipDuplicates: true,
  });
  await tx.$queryRaw`SELECT 1 FROM thread_sides WHERE booking_id = ${bookingId} ORDER BY user_id FOR UPDATE`;
  const other = await tx.threadSide.findUniqueOrThrow({
    where: { bookingId_userId: { bookingId, userId: userId === renterId ? hostId : renterId } },
    select: { userId: true, readUpTo: true, toldAt: true, mailedAt: true },
  });
  return { bookingId, machineId, endedAt, side: userId === renterId ? 'renter' : 'host', other };
}
