import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { closeArrays } from './close-arrays.ts';
import { type JobFacts, whyNotCancel, whyNotCancelArray } from './job.ts';
import { countsOf } from './queries/counts.ts';
import type { ArrayIdInput, JobIdInput } from './schema.ts';

/**
 * The renter cancels a job. One that waits is over at once. One that is on machines is told to end: nothing after this moment
 * is billed, and a sweep clears it away. A suspended renter may do it too. Refuses with `notFound` or `notNow`.
 */
export async function cancelJob(actor: Actor, input: JobIdInput, world: World = theWorld): Promise<void> {
  await inTransaction('cancel job', async (tx) => {
    const now = world.now();
    const [job] = await tx.$queryRaw<(JobFacts & { readonly array_id: string })[]>`
      SELECT desired, observed, array_id FROM jobs WHERE id = ${input.jobId} AND renter_id = ${actor.userId} FOR UPDATE`;
    if (job === undefined) throw new Refusal('notFound');
    refuseIf(whyNotCancel(job));
    await cancel(tx, { arrayId: job.array_id, jobId: input.jobId }, now);
    await tell(tx, actor, { arrayId: job.array_id, jobId: input.jobId }, now);
  });
}

/** The renter cancels all of an array that has not ended. Refuses with `notFound` or `notNow`. */
export async function cancelArray(actor: Actor, input: ArrayIdInput, world: World = theWorld): Promise<void> {
  await inTransaction('cancel array', async (tx) => {
    const now = world.now();
    const { arrayId } = input;
    const array = await tx.jobArray.findFirst({ where: { id: arrayId, renterId: actor.userId }, select: { id: true } });
    if (array === null) throw new Refusal('notFound');
    // Whoever places jobs of it is waited for: what they placed is then told to end like the rest.
    await tx.$queryRaw`
      SELECT count(*)::int FROM (SELECT 1 FROM jobs WHERE array_id = ${arrayId} AND observed <> 'ended' ORDER BY id FOR UPDATE) locked`;
    refuseIf(whyNotCancelArray(await countsOf(tx, arrayId)));
    const ending = await cancel(tx, { arrayId }, now);
    if (ending === 0) throw new Refusal('notNow', {}, 'All of it that has not ended is being cancelled already.');
    await tell(tx, actor, { arrayId }, now);
  });
}

type Which = { readonly arrayId: string; readonly jobId?: string };

/** How many were told to end, or ended. */
async function cancel(tx: Tx, { arrayId, jobId }: Which, now: Date): Promise<number> {
  const changed = await tx.$executeRaw`
    UPDATE jobs SET desired = 'end', end_asked_at = ${now}::timestamptz, reason = 'cancelled', reason_detail = NULL,
      outcome = CASE WHEN observed = 'waiting' THEN 'cancelled' END,
      ended_at = CASE WHEN observed = 'waiting' THEN ${now}::timestamptz END,
      observed_at = CASE WHEN observed = 'waiting' THEN ${now}::timestamptz ELSE observed_at END,
      observed = CASE WHEN observed = 'waiting' THEN 'ended' ELSE observed END
    WHERE array_id = ${arrayId} AND (${jobId ?? null}::text IS NULL OR id = ${jobId ?? null})
      AND observed <> 'ended' AND desired = 'run'`;
  await closeArrays(tx, [arrayId], now);
  return changed;
}

async function tell(tx: Tx, actor: Actor, which: Which, now: Date): Promise<void> {
  await recordEvent(
    tx,
    actor,
    { kind: 'jobs.cancelled', userId: actor.userId, data: { arrayId: which.arrayId, jobId: which.jobId ?? null } },
    now,
  );
}
