import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';

const MOST_ROWS = 100;

/** The bill of a booking in a list: its sums, without the statements that they follow from. */
export type InvoiceRow = {
  readonly bookingId: string;
  readonly bookingName: string;
  readonly machineName: string;
  readonly simulated: boolean;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Nothing is billed any more and what was left of the hold is released. */
  readonly final: boolean;
  readonly gpuSeconds: bigint;
  readonly chargedMicros: Micros;
  readonly hostCreditedMicros: Micros;
  readonly feeMicros: Micros;
  readonly refundedMicros: Micros;
  /** Paid for giving a reserved window back: apart from use, which statements prove. */
  readonly cancellationMicros: Micros;
  /** What of that came back. */
  readonly cancellationRefundedMicros: Micros;
  readonly heldMicros: Micros;
};

export type InvoicesAsk = {
  readonly side: 'renter' | 'host';
  /** `open`: something may still be billed. */
  readonly state?: 'open' | 'final' | 'all' | undefined;
  /** The last booking of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** The bills of what the viewer rents, or rents out, newest booking first. */
export async function invoicesOf(actor: Actor, ask: InvoicesAsk): Promise<Page<InvoiceRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 50), MOST_ROWS);
  const { state = 'all' } = ask;
  const rows = await db.booking.findMany({
    where: {
      ...(ask.side === 'renter' ? { renterId: actor.userId } : { hostId: actor.userId }),
      lease: state === 'all' ? { isNot: null } : { settledAt: state === 'open' ? null : { not: null } },
      ...(ask.after === undefined ? {} : { id: { lt: ask.after } }),
    },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: {
      id: true,
      name: true,
      terms: true,
      createdAt: true,
      startedAt: true,
      endedAt: true,
      machine: { select: { name: true, simulated: true } },
      lease: {
        select: {
          settledAt: true,
          gpuSeconds: true,
          chargedMicros: true,
          creditedMicros: true,
          feeMicros: true,
          refundedMicros: true,
          cancellationMicros: true,
          cancellationRefundedMicros: true,
          heldMicros: true,
        },
      },
    },
  });
  const page = toPage(rows, take);
  return {
    next: page.next,
    rows: page.rows.map(({ lease, ...row }) => {
      if (lease === null) throw new Error(`booking ${row.id} has no lease`);
      const { gpuModel, gpuCount } = readTerms(row.terms);
      const { gpuSeconds, chargedMicros, feeMicros, refundedMicros, cancellationMicros, heldMicros } = lease;
      return {
        bookingId: row.id,
        bookingName: row.name,
        machineName: row.machine.name,
        simulated: row.machine.simulated,
        ...{ gpuModel, gpuCount },
        ...{ createdAt: row.createdAt, startedAt: row.startedAt, endedAt: row.endedAt },
        final: lease.settledAt !== null,
        hostCreditedMicros: lease.creditedMicros,
        cancellationRefundedMicros: lease.cancellationRefundedMicros,
        ...{ gpuSeconds, chargedMicros, feeMicros, refundedMicros, cancellationMicros, heldMicros },
      };
    }),
  };
}
