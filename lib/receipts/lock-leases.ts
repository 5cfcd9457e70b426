import type { Micros } from '#lib/base/money.ts';
import { readTerms, type Terms } from '#lib/bookings/terms.ts';
import { column } from '#lib/io/column.ts';
import type { Tx } from '#lib/io/db.ts';
import type { AllocationSpan } from './billing-facts.ts';
import type { Usage } from './usage.ts';

/** A lease that is about to be billed, with what its booking says of it. Locked until the transaction ends. */
export type LeaseToBill = {
  readonly id: string;
  readonly bookingId: string;
  readonly machineId: string;
  readonly renterId: string;
  readonly hostId: string;
  readonly terms: Terms;
  readonly desired: 'running' | 'stopped' | 'ended';
  readonly diskUntil: Date | null;
  readonly startedAt: Date | null;
  readonly holdId: string;
  readonly ceilingMicros: Micros;
  readonly heldMicros: Micros;
  readonly chargedMicros: Micros;
  readonly feeMicros: Micros;
  readonly creditedMicros: Micros;
  readonly gpuSeconds: bigint;
  readonly diskByteSeconds: bigint;
  readonly statementSequence: number;
  readonly statementHash: string;
  readonly billedUntil: Date | null;
  readonly billableUntil: Date | null;
  readonly settledAt: Date | null;
};

type Row = Omit<LeaseToBill, 'terms' | 'diskByteSeconds'> & {
  readonly terms: unknown;
  readonly diskByteSeconds: string;
};

/**
 * Step: locks machines in the order of their ids and answers whose lock it has. Without `wait` it leaves out those that
 * somebody else has locked, so it waits for nobody while it holds the others.
 */
export async function lockMachines(tx: Tx, ids: readonly string[], wait: boolean): Promise<ReadonlySet<string>> {
  const all = [...ids];
  const rows = wait
    ? await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM machines WHERE id = ANY(${all}) ORDER BY id FOR NO KEY UPDATE`
    : await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM machines WHERE id = ANY(${all}) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;
  return new Set(rows.map(({ id }) => id));
}

/** Step: locks the leases that machines named, with their bookings, in the order of these. The machines are locked; a lease of another machine is left out. */
export async function lockLeases(tx: Tx, usages: readonly Usage[]): Promise<LeaseToBill[]> {
  const named = usages.flatMap(({ machineId, byLease }) =>
    [...byLease.keys()].map((leaseId) => ({ machineId, leaseId })),
  );
  const rows = await tx.$queryRaw<Row[]>`
    SELECT l.id, b.id AS "bookingId", b.machine_id AS "machineId", b.renter_id AS "renterId", b.host_id AS "hostId", b.terms,
      b.desired, b.disk_until AS "diskUntil", b.started_at AS "startedAt", l.hold_id AS "holdId",
      l.ceiling_micros AS "ceilingMicros", l.held_micros AS "heldMicros", l.charged_micros AS "chargedMicros",
      l.fee_micros AS "feeMicros", l.credited_micros AS "creditedMicros", l.gpu_seconds AS "gpuSeconds",
      l.disk_byte_seconds::text AS "diskByteSeconds", l.statement_sequence AS "statementSequence",
      l.statement_hash AS "statementHash", l.billed_until AS "billedUntil", l.billable_until AS "billableUntil",
      l.settled_at AS "settledAt"
    FROM unnest(${column(named.map(({ machineId }) => machineId))}, ${column(named.map(({ leaseId }) => leaseId))})
      AS named (machine_id, lease_id)
    JOIN leases l ON l.id = named.lease_id
    JOIN bookings b ON b.id = l.booking_id AND b.machine_id = named.machine_id
    ORDER BY b.id FOR NO KEY UPDATE OF b, l`;
  return rows.map((row) => ({
    ...row,
    terms: readTerms(row.terms),
    diskByteSeconds: BigInt(row.diskByteSeconds),
  }));
}

/** Step: which GPUs bookings had and when, by booking. */
export async function spansOf(tx: Tx, bookingIds: readonly string[]): Promise<ReadonlyMap<string, AllocationSpan[]>> {
  const rows = await tx.$queryRaw<(Omit<AllocationSpan, 'gpu'> & { bookingId: string; uuid: string })[]>`
    SELECT a.booking_id AS "bookingId", a.starts_at AS "startsAt", a.ends_at AS "endsAt", a.billable_from AS "billableFrom",
      a.billable_until AS "billableUntil", g.uuid
    FROM allocations a JOIN gpus g ON g.id = a.gpu_id WHERE a.booking_id = ANY(${[...bookingIds]})`;
  const spans = new Map<string, AllocationSpan[]>(bookingIds.map((id) => [id, []]));
  for (const { bookingId, uuid, ...span } of rows) spans.get(bookingId)?.push({ ...span, gpu: { uuid } });
  return spans;
}
