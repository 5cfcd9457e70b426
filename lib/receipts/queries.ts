import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import { UNBILLED_REASONS, type UnbilledReason } from './billing.ts';

/** One line of a bill: a statement that the machine signed, and what of it was billed. */
export type BillLine = {
  readonly sequence: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly state: 'running' | 'stopped';
  readonly gpuSeconds: number;
  readonly billedGpuSeconds: number;
  readonly diskByteSeconds: bigint;
  readonly billedDiskByteSeconds: bigint;
  readonly chargedMicros: Micros;
  readonly unbilledReason: UnbilledReason | null;
  /** The same as a sentence. */
  readonly unbilledSentence: string | null;
  /** SHA-256 of the signed text: what names this statement. */
  readonly hash: string;
};

export type Bill = {
  readonly bookingId: string;
  /** Nothing is billed any more and what was left of the hold is released. */
  readonly final: boolean;
  /** Seconds in which it could be used and was billed, whatever the number of GPUs. */
  readonly billedSeconds: number;
  readonly gpuSeconds: bigint;
  readonly diskByteSeconds: bigint;
  readonly priceMicrosPerGpuHour: Micros;
  readonly diskPriceMicrosPerGibMonth: Micros;
  readonly feeBasisPoints: number;
  readonly chargedMicros: Micros;
  /** Of what was charged: the host's part and the platform's add up to it. */
  readonly hostCreditedMicros: Micros;
  readonly feeMicros: Micros;
  readonly refundedMicros: Micros;
  /** Contested and not decided yet. */
  readonly disputedMicros: Micros;
  readonly heldMicros: Micros;
  readonly statements: number;
  /** Up to which statement the renter agreed; null when the host alone signed. */
  readonly countersigned: number | null;
  /** The newest lines, newest first; `next` is the sequence to ask on from. */
  readonly lines: readonly BillLine[];
  readonly next: number | null;
};

const MOST_LINES = 1_500;

/**
 * What a booking costs, for its renter, its host or staff, with the statements that it follows from: one page of them,
 * newest first, those before `before`. What is not theirs is not found.
 */
export async function billOf(
  actor: Actor,
  bookingId: string,
  ask: { readonly before?: number | undefined; readonly take?: number | undefined } = {},
): Promise<Bill> {
  const booking = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: {
      terms: true,
      lease: { include: { countersignature: { select: { sequence: true } } } },
    },
  });
  if (booking === null || booking.lease === null) throw new Refusal('notFound');
  const { lease } = booking;
  const terms = readTerms(booking.terms);
  const take = Math.min(Math.max(1, ask.take ?? 60), MOST_LINES);
  const rows = await db.statementRecord.findMany({
    where: { leaseId: lease.id, ...(ask.before === undefined ? {} : { sequence: { lt: ask.before } }) },
    orderBy: { sequence: 'desc' },
    take: take + 1,
    omit: { payload: true, signature: true },
  });
  const lines = rows.slice(0, take);
  return {
    bookingId,
    final: lease.settledAt !== null,
    billedSeconds: Number(lease.gpuSeconds / BigInt(Math.max(1, terms.gpuCount))),
    gpuSeconds: lease.gpuSeconds,
    diskByteSeconds: BigInt(lease.diskByteSeconds.toFixed(0)),
    priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour,
    diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth,
    feeBasisPoints: terms.feeBasisPoints,
    chargedMicros: lease.chargedMicros,
    hostCreditedMicros: lease.creditedMicros,
    feeMicros: lease.feeMicros,
    refundedMicros: lease.refundedMicros,
    disputedMicros: lease.disputedMicros,
    heldMicros: lease.heldMicros,
    statements: lease.statementSequence + 1,
    countersigned: lease.countersignature?.sequence ?? null,
    lines: lines.map((row) => ({
      sequence: row.sequence,
      startsAt: row.startsAt,
      endsAt: row.endsAt,
      state: row.state as BillLine['state'],
      gpuSeconds: row.gpuSeconds,
      billedGpuSeconds: row.billedGpuSeconds,
      diskByteSeconds: BigInt(row.diskByteSeconds.toFixed(0)),
      billedDiskByteSeconds: BigInt(row.billedDiskByteSeconds.toFixed(0)),
      chargedMicros: row.chargedMicros,
      unbilledReason: row.unbilledReason as UnbilledReason | null,
      unbilledSentence: row.unbilledReason === null ? null : UNBILLED_REASONS[row.unbilledReason as UnbilledReason],
      hash: row.hash,
    })),
    next: rows.length > take ? (lines.at(-1)?.sequence ?? null) : null,
  };
}
