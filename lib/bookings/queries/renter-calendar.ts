import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import type { BookingKind } from '../booking.ts';

/** What of a renter's bookings has GPUs in a span. */
export type RenterBooking = {
  readonly bookingId: string;
  readonly name: string;
  readonly kind: BookingKind;
  readonly machineName: string;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

/**
 * When the viewer has or had GPUs between two instants, the earliest first: each run of a booking by itself. What runs a job
 * stands with its job: an array has thousands of them, each of a few minutes.
 */
export async function renterCalendar(
  actor: Pick<Actor, 'userId'>,
  span: { readonly from: Date; readonly until: Date },
): Promise<RenterBooking[]> {
  return db.$queryRaw<RenterBooking[]>`
    SELECT b.id AS "bookingId", b.name, b.kind, m.name AS "machineName", min(g.model) AS "gpuModel", count(*)::int AS "gpuCount",
      a.starts_at AS "startsAt", a.ends_at AS "endsAt"
    FROM bookings b JOIN allocations a ON a.booking_id = b.id JOIN gpus g ON g.id = a.gpu_id JOIN machines m ON m.id = b.machine_id
    WHERE b.renter_id = ${actor.userId} AND a.ends_at > a.starts_at AND b.at_exit IS NULL
      AND tstzrange(a.starts_at, a.ends_at) && tstzrange(${span.from}::timestamptz, ${span.until}::timestamptz)
    GROUP BY b.id, m.name, a.starts_at, a.ends_at ORDER BY a.starts_at, b.id`;
}
