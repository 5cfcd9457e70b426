import type { Actor } from '#lib/base/actor.ts';
import { readTerms, runningCost } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import { lastSamplesOf } from '#lib/telemetry/queries/last-samples.ts';
import type { JobUsage } from '../view.ts';

/** What of a submission runs now: what that costs an hour, in micro-dollars, and what it uses. */
export type Running = { readonly microsPerHour: bigint; readonly usage: JobUsage | null };

/** A submission that runs on more machines is summed up by so many of them: enough for a bar. */
const MOST_BOOKINGS = 2_000;

/** What of the viewer's submissions runs now, by their ids; what runs nothing is left out. */
export async function runningOf(
  actor: Actor,
  arrayIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Running>> {
  if (arrayIds.length === 0) return new Map();
  const rows = await db.$queryRaw<{ arrayId: string; bookingId: string; terms: unknown }[]>`
    SELECT j.array_id AS "arrayId", b.id AS "bookingId", b.terms
    FROM jobs j JOIN job_attempts t ON t.job_id = j.id JOIN attempt_bookings a ON a.attempt_id = t.id
    JOIN bookings b ON b.id = a.booking_id
    WHERE j.array_id = ANY(${[...arrayIds]}::text[]) AND j.renter_id = ${actor.userId}
      AND b.ended_at IS NULL AND b.billable = 'gpuAndDisk'
    ORDER BY b.id DESC LIMIT ${MOST_BOOKINGS}::int`;
  const samples = await lastSamplesOf(
    actor,
    rows.map(({ bookingId }) => bookingId),
    now,
  );
  const grouped = Map.groupBy(rows, ({ arrayId }) => arrayId);
  return new Map(
    [...grouped].map(([arrayId, bookings]) => {
      const seen = bookings.flatMap(({ bookingId }) => samples.get(bookingId) ?? []);
      const figures = (name: keyof JobUsage) => seen.flatMap((sample) => sample[name] ?? []);
      const sum = (all: readonly number[]) => (all.length === 0 ? null : all.reduce((a, b) => a + b, 0));
      const loads = figures('gpuUtilisationPercent');
      const usage = {
        gpuUtilisationPercent: loads.length === 0 ? null : loads.reduce((a, b) => a + b, 0) / loads.length,
        gpuMemoryUsedBytes: sum(figures('gpuMemoryUsedBytes')),
        gpuMemoryBytes: sum(figures('gpuMemoryBytes')),
      };
      const microsPerHour = bookings.reduce((all, { terms }) => all + runningCost(readTerms(terms), 3_600), 0n);
      return [arrayId, { microsPerHour, usage: seen.length === 0 ? null : usage }];
    }),
  );
}
