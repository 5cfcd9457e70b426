import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { SAMPLE_SECONDS } from '#protocol/metrics.ts';
import { IDLE_BELOW_PERCENT, IDLE_LEAST_SAMPLES, IDLE_SECONDS, type IdleGuard } from '../idle.ts';

/** What its renter chose to happen when a booking idles; what is not theirs is not found. */
export async function idleGuardOf(actor: Actor, bookingId: string): Promise<IdleGuard> {
  const where = { id: bookingId, renterId: actor.userId };
  const booking = await db.booking.findFirst({
    where,
    select: { idleGuard: { select: { stops: true, noticedAt: true } } },
  });
  if (booking === null) throw new Refusal('notFound');
  return booking.idleGuard ?? { stops: false, noticedAt: null };
}

/**
 * Running bookings whose GPUs were all seen below 5 % through the last 20 minutes, among those given or all; a GPU whose
 * figure is not known is not idle.
 */
export async function idleBookings(reader: Reader, now: Date, among?: readonly string[]): Promise<{ id: string }[]> {
  return reader.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b JOIN metric_samples s ON s.booking_id = b.id
    WHERE b.desired = 'running' AND b.observed = 'connectable' AND b.billable = 'gpuAndDisk'
      AND (${among === undefined} OR b.id = ANY(${[...(among ?? [])]}::text[]))
      AND s.at >= ${addSeconds(now, -IDLE_SECONDS)} AND s.at < ${now} AND s.at >= b.starts_at
    GROUP BY b.id
    HAVING count(*) >= ${IDLE_LEAST_SAMPLES} AND min(s.at) <= ${addSeconds(now, 2 * SAMPLE_SECONDS - IDLE_SECONDS)} AND bool_and(
      cardinality(s.gpu_utilisation_percent) > 0
      AND coalesce(${IDLE_BELOW_PERCENT}::int > ALL (s.gpu_utilisation_percent), false))
    ORDER BY b.id`;
}
