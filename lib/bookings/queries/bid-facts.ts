import { trustTier } from '#lib/catalogue/machine.ts';
import type { Reader } from '#lib/io/db.ts';
import type { Ground, RentalSums } from '../bid-wish.ts';

/** Where machines stand and what was checked of them, by id. */
export async function groundsOf(
  reader: Pick<Reader, 'machine'>,
  machineIds: readonly string[],
): Promise<ReadonlyMap<string, Ground>> {
  const rows = await reader.machine.findMany({
    where: { id: { in: [...machineIds] } },
    select: { id: true, country: true, selfTestPassed: true, staffCheckedAt: true },
  });
  return new Map(rows.map(({ id, country, ...checked }) => [id, { country, trust: trustTier(checked) }]));
}

/** What the rentals of bids came to, all that were made for each, by bid. Those without one are left out. */
export async function rentalsOfBids(
  reader: Pick<Reader, '$queryRaw'>,
  bidIds: readonly string[],
): Promise<ReadonlyMap<string, readonly RentalSums[]>> {
  const rows = await reader.$queryRaw<(RentalSums & { bidId: string })[]>`
    SELECT d.id AS "bidId", b.id AS "bookingId", l.charged_micros AS "chargedMicros", l.refunded_micros AS "refundedMicros",
      l.held_micros AS "heldMicros"
    FROM bids d JOIN bookings b ON b.renter_id = d.renter_id AND b.kind = 'interruptible'
      AND b.idempotency_key = ANY(ARRAY(SELECT d.id || ':' || n FROM generate_series(1, d.rentals) n))
    JOIN leases l ON l.booking_id = b.id
    WHERE d.id = ANY(${[...bidIds]}::text[]) AND d.rentals > 0 ORDER BY b.id`;
  return Map.groupBy(rows, ({ bidId }) => bidId);
}
