import { silentSince } from '#lib/agents/silence.ts';
import type { Desired, Observed } from '#lib/bookings/booking.ts';
import { DOOR_BEAT, type DoorBeat } from '#lib/events/beat.ts';
import { db, type Reader } from '#lib/io/db.ts';
import type { MachineSeen } from '../attempt.ts';
import { LOST_AFTER_SECONDS } from '../job.ts';

/** An open attempt, and where it is. */
export type OpenAttempt = { readonly id: string; readonly jobId: string; readonly machineIds: readonly string[] };

/**
 * Attempts of which something may be to decide: told to end, up for the first time, given up by a machine, or on one that
 * does not answer. Oldest first.
 */
export async function attemptsWithNews(now: Date): Promise<OpenAttempt[]> {
  const silentBefore = new Date(now.getTime() - LOST_AFTER_SECONDS * 1_000);
  const rows = await db.$queryRaw<{ id: string; job_id: string; machine_ids: string[] }[]>`
    SELECT t.id, t.job_id, array_agg(b.machine_id ORDER BY b.machine_id) AS machine_ids
    FROM job_attempts t JOIN jobs j ON j.id = t.job_id JOIN attempt_bookings p ON p.attempt_id = t.id
    JOIN bookings b ON b.id = p.booking_id JOIN machines m ON m.id = b.machine_id
    WHERE t.ended_at IS NULL
    GROUP BY t.id, j.id
    HAVING j.desired = 'end' OR bool_or(b.desired <> 'running' OR b.observed = 'ended' OR b.exit_code IS NOT NULL)
      OR (j.observed = 'placed' AND bool_and(b.started_at IS NOT NULL))
      OR bool_or(coalesce(m.last_sync_at, t.placed_at) < ${silentBefore}::timestamptz)
    ORDER BY t.id`;
  return rows.map((row) => ({ id: row.id, jobId: row.job_id, machineIds: [...new Set(row.machine_ids)] }));
}

/** The machines of an attempt as their bookings say, by rank; the bookings are locked by whoever decides. */
export async function machinesOf(
  reader: Pick<Reader, 'attemptBooking' | 'beat'>,
  attemptId: string,
  now: Date,
): Promise<(MachineSeen & { readonly bookingId: string; readonly machineId: string })[]> {
  const door = await reader.beat.findUnique({ where: { name: DOOR_BEAT }, select: { at: true, backAt: true } });
  const rows = await reader.attemptBooking.findMany({
    where: { attemptId },
    orderBy: { rank: 'asc' },
    select: {
      booking: {
        select: {
          id: true,
          machineId: true,
          hostId: true,
          desired: true,
          observed: true,
          observedAt: true,
          startedAt: true,
          endsAt: true,
          reason: true,
          reasonDetail: true,
          exitCode: true,
          machine: { select: { lastSyncAt: true } },
        },
      },
    },
  });
  return rows.map(({ booking: { id, machine, desired, observed, ...seen } }) => ({
    ...seen,
    bookingId: id,
    desired: desired as Desired,
    observed: observed as Observed,
    heardAt: machine.lastSyncAt,
    silent: isLost(machine.lastSyncAt, door, now),
  }));
}

/** An outage of ours is no machine's silence. */
function isLost(lastSyncAt: Date | null, door: DoorBeat | null, now: Date): boolean {
  const since = lastSyncAt === null ? null : silentSince(lastSyncAt, door, now);
  return since !== null && now.getTime() - since.getTime() >= LOST_AFTER_SECONDS * 1_000;
}
