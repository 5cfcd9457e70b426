import type { Micros } from '#lib/base/money.ts';
import { column } from '#lib/io/column.ts';
import type { Tx } from '#lib/io/db.ts';
import type { Billed, BillingState } from './billing.ts';
import type { LeaseToBill } from './lock-leases.ts';
import type { ReadStatement } from './usage.ts';

/** A statement and what of it is billed. */
export type BilledStatement = ReadStatement & { readonly billed: Billed; readonly receivedAt: Date };

/** A lease after some statements. */
export type BilledLease = {
  readonly lease: LeaseToBill;
  /** At least one, in order. */
  readonly statements: readonly [BilledStatement, ...BilledStatement[]];
  readonly state: BillingState;
  /** Of all that was charged so far: the platform's share and the host's. */
  readonly feeMicros: Micros;
  readonly creditedMicros: Micros;
};

/** PostgreSQL's largest integer: a machine may state more GPU-seconds than that, and the payload keeps what it said. */
const INTEGER_MAX = 2_147_483_647;

// PostgreSQL has no year 0, which an instant on the wire may name; the payload keeps what was said.
function storable(instant: string): string {
  return new Date(Math.max(0, Date.parse(instant))).toISOString();
}

/** Step: stores statements with what of each is billed, however many leases they are of. */
export async function storeStatements(tx: Tx, billed: readonly BilledLease[]): Promise<void> {
  const all = billed.flatMap(({ statements }) => statements);
  const values = (of: (one: BilledStatement) => string | number | bigint | null) => column(all.map(of));
  await tx.$executeRaw`
    INSERT INTO statements (lease_id, sequence, payload, signature, hash, starts_at, ends_at, state, gpu_seconds,
      disk_byte_seconds, billed_gpu_seconds, billed_disk_byte_seconds, charged_micros, unbilled_reason, received_at)
    SELECT lease_id, sequence::int, payload, signature, hash, starts_at::timestamptz, ends_at::timestamptz, state,
      gpu_seconds::int, disk_byte_seconds::numeric, billed_gpu_seconds::int, billed_disk_byte_seconds::numeric,
      charged_micros::bigint, unbilled_reason, received_at::timestamptz
    FROM unnest(
      ${values(({ statement }) => statement.leaseId)}, ${values(({ statement }) => statement.sequence)},
      ${values(({ signed }) => signed.payload)}, ${values(({ signed }) => signed.signature)}, ${values(({ hash }) => hash)},
      ${values(({ statement }) => storable(statement.startsAt))}, ${values(({ statement }) => storable(statement.endsAt))},
      ${values(({ statement }) => statement.state)},
      ${values(({ statement }) => Math.min(statement.gpuSeconds, INTEGER_MAX))},
      ${values(({ statement }) => statement.diskByteSeconds)},
      ${values((one) => one.billed.gpuSeconds)}, ${values((one) => one.billed.diskByteSeconds)},
      ${values((one) => one.billed.chargedMicros)}, ${values((one) => one.billed.reason)},
      ${values(({ receivedAt }) => receivedAt.toISOString())}
    ) AS stated (lease_id, sequence, payload, signature, hash, starts_at, ends_at, state, gpu_seconds, disk_byte_seconds,
      billed_gpu_seconds, billed_disk_byte_seconds, charged_micros, unbilled_reason, received_at)`;
}

/** Step: moves the running totals of leases on to where their last statements leave them. */
export async function moveTotals(tx: Tx, billed: readonly BilledLease[]): Promise<void> {
  const values = (of: (one: BilledLease) => string | number | bigint | null) => column(billed.map(of));
  const last = ({ statements }: BilledLease) => statements[statements.length - 1] ?? statements[0];
  await tx.$executeRaw`
    UPDATE leases SET gpu_seconds = moved.gpu_seconds::bigint, disk_byte_seconds = moved.disk_byte_seconds::numeric,
      charged_micros = moved.charged_micros::bigint, held_micros = moved.held_micros::bigint,
      fee_micros = moved.fee_micros::bigint, credited_micros = moved.credited_micros::bigint,
      billed_until = moved.billed_until::timestamptz, statement_sequence = moved.sequence::int, statement_hash = moved.hash
    FROM unnest(
      ${values(({ lease }) => lease.id)}, ${values(({ state }) => state.gpuSeconds)},
      ${values(({ state }) => state.diskByteSeconds)}, ${values(({ state }) => state.chargedMicros)},
      ${values(({ state }) => state.heldMicros)}, ${values(({ feeMicros }) => feeMicros)},
      ${values(({ creditedMicros }) => creditedMicros)}, ${values(({ state }) => state.billedUntil?.toISOString() ?? null)},
      ${values((one) => last(one).statement.sequence)}, ${values((one) => last(one).hash)}
    ) AS moved (id, gpu_seconds, disk_byte_seconds, charged_micros, held_micros, fee_micros, credited_micros, billed_until,
      sequence, hash)
    WHERE leases.id = moved.id`;
}

/** Step: a machine that was out of reach when a rental became usable says so by its first statement. */
export async function noteFirstUse(tx: Tx, billed: readonly BilledLease[]): Promise<void> {
  const begun = billed.flatMap(({ lease, statements }) => {
    const first = lease.startedAt === null ? statements.find((one) => one.billed.gpuSeconds > 0n) : undefined;
    return first === undefined ? [] : [{ id: lease.bookingId, at: storable(first.statement.startsAt) }];
  });
  if (begun.length === 0) return;
  await tx.$executeRaw`
    UPDATE bookings SET started_at = begun.at::timestamptz
    FROM unnest(${column(begun.map(({ id }) => id))}, ${column(begun.map(({ at }) => at))}) AS begun (id, at)
    WHERE bookings.id = begun.id`;
}
