import { DAY } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';

/** What a record looks back on, in days. */
export const RECORD_DAYS = 90;

/** How rentals on a machine went: counted from what happened, for whoever thinks of renting it. */
export type MachineRecord = {
  /** Rentals that reached a shell and are over. */
  readonly finishedRentals: number;
  /** Of those, broken off by their host. */
  readonly brokenOff: number;
  /** Rentals that never reached a shell because the machine failed them. */
  readonly failedStarts: number;
  /** Starts whose time is known; the median says how long it usually takes from booking to shell, image and all. */
  readonly starts: number;
  readonly medianStartSeconds: number | null;
};

/** What a machine is to blame for: not a wrong image, nor a command that ended. */
const MACHINE_FAULTS = ['shellFailed', 'noContainerRuntime', 'gpuMissing', 'diskFull'];

/** The record of a machine over the last {@link RECORD_DAYS} days. */
export async function machineRecord(machineId: string, now: Date): Promise<MachineRecord> {
  const since = new Date(now.getTime() - RECORD_DAYS * DAY);
  const [row] = await db.$queryRaw<MachineRecord[]>`
    SELECT
      count(*) FILTER (WHERE b.started_at IS NOT NULL AND b.ended_at IS NOT NULL)::int AS "finishedRentals",
      count(*) FILTER (WHERE b.started_at IS NOT NULL AND b.reason = 'hostEnded')::int AS "brokenOff",
      count(*) FILTER (WHERE b.started_at IS NULL AND b.observed IN ('failed', 'ended')
        AND b.reason = ANY(${MACHINE_FAULTS}::text[]))::int AS "failedStarts",
      count(start.seconds)::int AS starts,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY start.seconds) AS "medianStartSeconds"
    FROM bookings b
    LEFT JOIN LATERAL (
      SELECT extract(epoch FROM a.connectable_at - a.starts_at)::float8 AS seconds
      FROM allocations a
      WHERE a.booking_id = b.id AND a.connectable_at > a.starts_at
      ORDER BY a.starts_at LIMIT 1
    ) start ON true
    WHERE b.machine_id = ${machineId} AND b.created_at > ${since}::timestamptz`;
  if (row === undefined) throw new Error('a count gave no row');
  return row;
}
