import { newId } from '#lib/base/id.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { decryptSecret } from '#lib/io/secrets.ts';
import type { Plan } from '#lib/scheduler/plan.ts';
import { seal, sealContext } from '#protocol/seal.ts';
import { environmentContext } from '../environment-context.ts';
import type { ArrayWork, Placement, PlannedPlace } from '../placement.ts';
import { jobVariables } from '../variables.ts';
import type { Queue } from './queue.ts';

/** `environment` is null where it does not open any more: the market has another key than when it was kept. */
type Work = ArrayWork & { readonly environment: Readonly<Record<string, string>> | null };

export type Prepared = {
  readonly placements: readonly Placement[];
  /** Arrays that cannot be begun, and why, in a sentence. */
  readonly held: ReadonlyMap<string, string>;
};

const UNREADABLE =
  'Its variables cannot be opened any more: the key of this market was changed. Cancel it and submit it anew.';

/**
 * A plan's assignments with what each machine is to be given: ids, and variables sealed to its key. Made before anything is
 * locked; what was sealed for a placement that then loses is thrown away.
 */
export async function preparePlacements(queue: Queue, assignments: Plan['assignments'], now: Date): Promise<Prepared> {
  const chosen = assignments.flatMap(({ requestId, places }) => {
    const job = queue.jobs.get(requestId);
    return job === undefined ? [] : [{ job, places }];
  });
  const works = await worksOf([...new Set(chosen.map(({ job }) => job.arrayId))]);
  const placements: Placement[] = [];
  const held = new Map<string, string>();
  for (const { job, places } of chosen) {
    const work = works.get(job.arrayId);
    if (work === undefined) continue;
    const { environment, ...rest } = work;
    if (environment === null) {
      held.set(job.arrayId, UNREADABLE);
      continue;
    }
    const planned: PlannedPlace[] = [];
    for (const [rank, { machineId, gpus }] of places.entries()) {
      const sealingKey = queue.offers.get(machineId)?.sealingKey ?? '';
      const [bookingId, leaseId] = [newId('booking', now), newId('lease', now)];
      const variables = jobVariables(environment, {
        jobId: job.id,
        index: job.index,
        size: job.size,
        attempt: job.attempts + 1,
        rank,
        machines: job.machines,
        gpuCount: job.needs.gpuCount,
        artifactsPath: work.artifactsPath,
        checkpointPath: work.checkpointPath,
      });
      const sealedEnvironment = await seal(JSON.stringify(variables), sealingKey, sealContext(leaseId, machineId));
      planned.push({ machineId, gpus, bookingId, leaseId, sealingKey, sealedEnvironment });
    }
    placements.push({ job, work: rest, attemptId: newId('jobAttempt', now), places: planned });
  }
  return { placements, held };
}

async function worksOf(arrayIds: readonly string[]): Promise<ReadonlyMap<string, Work>> {
  const rows = await db.jobArray.findMany({
    where: { id: { in: [...arrayIds] } },
    select: {
      id: true,
      name: true,
      image: true,
      command: true,
      encryptedEnvironment: true,
      artifactsPath: true,
      checkpointPath: true,
    },
  });
  return new Map(
    rows.map(({ encryptedEnvironment, command, ...row }) => {
      const environment = environmentOf(row.id, encryptedEnvironment);
      return [row.id, { ...row, command: command as string[], environment }];
    }),
  );
}

function environmentOf(arrayId: string, kept: string | null): Work['environment'] {
  if (kept === null) return {};
  try {
    return JSON.parse(decryptSecret(kept, environmentContext(arrayId))) as Record<string, string>;
  } catch (error) {
    log.error({ array: arrayId, err: error }, 'the variables of a job do not open');
    return null;
  }
}

/** What a job has cost, and what is still held for it and may yet be charged, in micro-dollars. */
export type Spent = { readonly chargedMicros: bigint; readonly heldMicros: bigint };

/** What jobs have cost so far, by job; those that never were on a machine are left out. */
export async function spentOn(
  reader: Pick<Reader, '$queryRaw'>,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, Spent>> {
  const rows = await reader.$queryRaw<{ job_id: string; charged: string; held: string }[]>`
    SELECT t.job_id, sum(l.charged_micros)::text AS charged, sum(l.held_micros)::text AS held
    FROM job_attempts t JOIN attempt_bookings b ON b.attempt_id = t.id JOIN leases l ON l.booking_id = b.booking_id
    WHERE t.job_id = ANY(${[...jobIds]}) GROUP BY t.job_id`;
  return new Map(rows.map((row) => [row.job_id, { chargedMicros: BigInt(row.charged), heldMicros: BigInt(row.held) }]));
}
