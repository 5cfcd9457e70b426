import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import type { BookingFacts, BookingKind } from './booking.ts';
import { readTerms, type Terms } from './terms.ts';

const columns = {
  id: true,
  kind: true,
  renterId: true,
  hostId: true,
  machineId: true,
  listingId: true,
  name: true,
  terms: true,
  capMicros: true,
  desired: true,
  observed: true,
  billable: true,
  reason: true,
  reasonDetail: true,
  atExit: true,
  run: true,
  gatewayName: true,
  gatewayPort: true,
  hostKey: true,
  createdAt: true,
  observedAt: true,
  startsAt: true,
  startedAt: true,
  endsAt: true,
  endedAt: true,
  diskUntil: true,
  warnedSeconds: true,
  endLockedAt: true,
  putOutAt: true,
  putOutBidMicros: true,
  lease: {
    select: {
      id: true,
      revision: true,
      permit: true,
      ceilingMicros: true,
      holdId: true,
      heldMicros: true,
      gpuSeconds: true,
      diskByteSeconds: true,
      chargedMicros: true,
      feeMicros: true,
      creditedMicros: true,
      refundedMicros: true,
      disputedMicros: true,
      cancellationMicros: true,
      cancellationRefundedMicros: true,
      cancellationDisputedMicros: true,
      statementSequence: true,
      statementHash: true,
      returnedSequence: true,
      billedUntil: true,
      billableUntil: true,
      settledAt: true,
    },
  },
} satisfies Prisma.BookingSelect;

type Row = Prisma.BookingGetPayload<{ select: typeof columns }>;
type LeaseRow = NonNullable<Row['lease']>;

/** A booking with its lease, locked until the transaction ends. */
export type LockedBooking = BookingFacts &
  Pick<
    Row,
    | 'id'
    | 'renterId'
    | 'hostId'
    | 'machineId'
    | 'listingId'
    | 'name'
    | 'capMicros'
    | 'run'
    | 'gatewayName'
    | 'gatewayPort'
    | 'createdAt'
    | 'startsAt'
    | 'observedAt'
    | 'reasonDetail'
    | 'warnedSeconds'
    | 'putOutAt'
    | 'putOutBidMicros'
    | 'hostKey'
  > & {
    readonly kind: BookingKind;
    readonly terms: Terms;
    readonly lease: Omit<LeaseRow, 'diskByteSeconds'> & { readonly diskByteSeconds: bigint };
  };

/**
 * Step: locks a machine, then a booking on it with its lease: always in this order. With a renter or host named, what is
 * not theirs is not found. Refuses with `notFound`.
 */
export async function lockBooking(
  tx: Tx,
  where: { readonly id: string; readonly renterId?: string; readonly hostId?: string },
): Promise<LockedBooking> {
  const [found] = await tx.$queryRaw<{ machine_id: string }[]>`
    SELECT machine_id FROM bookings WHERE id = ${where.id}
      AND (${where.renterId ?? null}::text IS NULL OR renter_id = ${where.renterId ?? null})
      AND (${where.hostId ?? null}::text IS NULL OR host_id = ${where.hostId ?? null})`;
  if (found === undefined) throw new Refusal('notFound');
  const [booking] = await lockBookingsOn(tx, found.machine_id, { bookingIds: [where.id] });
  if (booking === undefined) throw new Refusal('notFound');
  return booking;
}

/** Step: locks a machine, then some of its bookings in the order of their ids, named by themselves or by their leases. */
export async function lockBookingsOn(
  tx: Tx,
  machineId: string,
  which: { readonly bookingIds: readonly string[] } | { readonly leaseIds: readonly string[] },
): Promise<LockedBooking[]> {
  if ('bookingIds' in which && which.bookingIds.length === 0) return [];
  await tx.$queryRaw`SELECT 1 FROM machines WHERE id = ${machineId} FOR NO KEY UPDATE`;
  const bookingIds = 'bookingIds' in which ? [...which.bookingIds] : [];
  const leaseIds = 'leaseIds' in which ? [...which.leaseIds] : [];
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b JOIN leases l ON l.booking_id = b.id
    WHERE b.machine_id = ${machineId} AND (b.id = ANY(${bookingIds}) OR l.id = ANY(${leaseIds}))
    ORDER BY b.id FOR NO KEY UPDATE OF b, l`;
  if (locked.length === 0) return [];
  const rows = await tx.booking.findMany({
    where: { id: { in: locked.map((row) => row.id) } },
    orderBy: { id: 'asc' },
    select: columns,
  });
  return rows.map(lockedFrom);
}

function lockedFrom(row: Row): LockedBooking {
  if (row.lease === null) throw new Error(`booking ${row.id} has no lease`);
  return {
    ...row,
    kind: row.kind as BookingKind,
    desired: row.desired as BookingFacts['desired'],
    observed: row.observed as BookingFacts['observed'],
    billable: row.billable as BookingFacts['billable'],
    atExit: row.atExit as BookingFacts['atExit'],
    terms: readTerms(row.terms),
    lease: { ...row.lease, diskByteSeconds: BigInt(row.lease.diskByteSeconds.toFixed(0)) },
  };
}
