import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';

/** What a booking used when it was looked at last: for a bar in a list. */
export type LastSample = {
  readonly at: Date;
  /** Mean over its GPUs; null when none says. */
  readonly gpuUtilisationPercent: number | null;
  /** Of all its GPUs together; null when none says. */
  readonly gpuMemoryUsedBytes: number | null;
  readonly gpuMemoryBytes: number | null;
};

/** An older sample says nothing about now. */
const FRESH_SECONDS = 60;

/**
 * The last sample of each of the viewer's own bookings, as renter or host, in one question; what has none that is fresh is
 * left out. By booking.
 */
export async function lastSamplesOf(
  actor: Actor,
  bookingIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, LastSample>> {
  if (bookingIds.length === 0) return new Map();
  const rows = await db.$queryRaw<({ readonly bookingId: string } & LastSample)[]>`
    SELECT b.id AS "bookingId", s.at,
      (SELECT avg(u)::float8 FROM unnest(s.gpu_utilisation_percent) u) AS "gpuUtilisationPercent",
      (SELECT sum(v)::float8 FROM unnest(s.gpu_memory_used_bytes) v) AS "gpuMemoryUsedBytes",
      (SELECT sum(g.vram_bytes)::float8 FROM allocations a JOIN gpus g ON g.id = a.gpu_id
        WHERE a.booking_id = b.id AND a.starts_at <= s.at AND a.ends_at > s.at) AS "gpuMemoryBytes"
    FROM bookings b JOIN LATERAL (
      SELECT m.at, m.gpu_utilisation_percent, m.gpu_memory_used_bytes FROM metric_samples m
      WHERE m.booking_id = b.id AND m.at > ${addSeconds(now, -FRESH_SECONDS)}::timestamptz
      ORDER BY m.at DESC LIMIT 1
    ) s ON true
    WHERE b.id = ANY(${[...bookingIds]}::text[]) AND (b.renter_id = ${actor.userId} OR b.host_id = ${actor.userId})`;
  return new Map(rows.map(({ bookingId, ...sample }) => [bookingId, sample]));
}
