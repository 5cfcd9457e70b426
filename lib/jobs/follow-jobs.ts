import { theWorld, type World } from '#lib/base/time.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { closeArrays } from './close-arrays.ts';
import { concludeAttempt } from './conclude-attempt.ts';
import { attemptsWithNews } from './queries/attempts.ts';

/**
 * Sweep: brings jobs to what has become of their bookings: at work, over, or back in the queue because a machine lost them;
 * clears away what was cancelled; and ends what waited beyond its deadline. Answers how many jobs changed.
 */
export async function followJobs(world: World = theWorld): Promise<number> {
  const now = world.now();
  const followed = await eachRow('followJobs', await attemptsWithNews(now), (attempt) =>
    inTransaction('follow job', (tx) => concludeAttempt(tx, attempt, world.now())),
  );
  const expired = await inTransaction('expire jobs', (tx) => expire(tx, now));
  const left = await db.$queryRaw<{ id: string }[]>`
    SELECT a.id FROM job_arrays a WHERE a.ended_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.array_id = a.id AND j.observed <> 'ended')
    ORDER BY a.id`;
  // Two whose last jobs ended at once each saw the other's unended.
  await eachRow('closeArrays', left, async ({ id }) => {
    await inTransaction('close array', (tx) => closeArrays(tx, [id], now));
    return true;
  });
  return followed + expired;
}

/** What waited until its deadline passed is over. */
async function expire(tx: Tx, now: Date): Promise<number> {
  const rows = await tx.$queryRaw<{ array_id: string; renter_id: string; jobs: number }[]>`
    WITH expired AS (
      UPDATE jobs j SET observed = 'ended', outcome = 'expired', reason = 'deadlinePassed', reason_detail = NULL, ended_at = ${now}::timestamptz,
        observed_at = ${now}::timestamptz
      FROM job_arrays a WHERE a.id = j.array_id AND j.observed = 'waiting' AND a.deadline <= ${now}::timestamptz
      RETURNING j.array_id, j.renter_id
    )
    SELECT array_id, renter_id, count(*)::int AS jobs FROM expired GROUP BY 1, 2 ORDER BY 1`;
  if (rows.length === 0) return 0;
  await closeArrays(
    tx,
    rows.map((row) => row.array_id),
    now,
  );
  for (const userId of new Set(rows.map((row) => row.renter_id))) await tellListeners(tx, { user: userId });
  return rows.reduce((sum, { jobs }) => sum + jobs, 0);
}
