import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';

/** Money of a bill that was given back, with what shows it. */
export type Credit = {
  readonly reference: string;
  readonly at: Date;
  readonly micros: Micros;
  readonly reason: string;
  /** The transfers that moved it, and the dispute that it follows from, by their ids. */
  readonly evidence: readonly string[];
  readonly disputeId: string | null;
  /** Its place in the public log; null while it waits for it. */
  readonly logIndex: number | null;
};

const MOST_CREDITS = 200;

/** What of a booking's charge was given back, newest first, for its renter, its host or staff. What is not theirs is not found. */
export async function creditsOf(actor: Actor, bookingId: string): Promise<readonly Credit[]> {
  const booking = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: { id: true },
  });
  if (booking === null) throw new Refusal('notFound');
  const rows = await db.transfer.findMany({
    where: { bookingId, kind: { in: ['refund', 'feeRefund'] } },
    orderBy: { id: 'desc' },
    take: 2 * MOST_CREDITS,
    select: { id: true, amountMicros: true, reason: true, causeId: true, createdAt: true, idempotencyKey: true },
  });
  // The parts that host and platform give back of one refund are one credit, as in the log.
  const parts = Map.groupBy(rows, (row) => row.idempotencyKey.replace(/:(host|fee)$/, ''));
  const entries = await db.logEntry.findMany({
    where: { subject: { in: [...parts.keys()].map((reference) => `credit:${reference}`) } },
    select: { subject: true, index: true },
  });
  const places = new Map(entries.map((entry) => [entry.subject, Number(entry.index)]));
  return [...parts].flatMap(([reference, all]) => {
    const [newest] = all;
    if (newest === undefined) return [];
    const disputeId = all.find((part) => part.causeId?.startsWith('dsp_'))?.causeId ?? null;
    return {
      reference,
      at: newest.createdAt,
      micros: all.reduce((sum, part) => sum + part.amountMicros, 0n),
      reason: all.find((part) => part.reason !== null)?.reason ?? '',
      evidence: [...all.map((part) => part.id), ...(disputeId === null ? [] : [disputeId])].sort(),
      disputeId,
      logIndex: places.get(`credit:${reference}`) ?? null,
    };
  });
}
