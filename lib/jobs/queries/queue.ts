import { addSeconds } from '#lib/base/time.ts';
import { whyNotPutOut } from '#lib/bookings/put-out.ts';
import { putOutsOf } from '#lib/bookings/queries/put-outs.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { PATIENCE_MS } from '#lib/scheduler/plan.ts';
import type { Expected, Snapshot } from '#lib/scheduler/snapshot.ts';
import { AVOID_SECONDS, avoidedNow } from '../avoid.ts';
import { type Look, machineFrom, type Offered } from '../offer.ts';
import { mayBegin, needsWithinCap, type QueuedJob, requestFrom, windowEnd } from '../queued.ts';
import { demandOf, readRequirements } from '../requirements.ts';
import { offeredMachines } from './offers.ts';
import { spentOn } from './work.ts';

/** Jobs of one array that one plan looks at: they are alike, so the next plan, which follows at once, takes the next ones. */
export const JOBS_A_PLAN = 256;
/** What is expected is what came in so many days before. */
const EXPECTED_DAYS = 14;
const MOST_EXPECTED = 100;

export type QueueAsk = {
  /** Arrays whose jobs are left out. */
  readonly without?: readonly string[];
  /** Jobs that are left out. */
  readonly withoutJobs?: readonly string[];
  /** GPUs count as free whose renters yield: the job begins when their notice is over. */
  readonly yielding?: boolean;
  /** Only jobs that are over by then (milliseconds of the epoch): they fit before windows that longer ones do not. */
  readonly overByMs?: number;
};

export type Queue = {
  readonly look: Look;
  /** When a job of this plan begins: now, or when the notice of those who yield is over. */
  readonly beginsAt: Date;
  readonly snapshot: Snapshot;
  readonly jobs: ReadonlyMap<string, QueuedJob>;
  readonly offers: ReadonlyMap<string, Offered>;
  /** Renters for whom nobody is put out now, and why, in a sentence. */
  readonly limits: ReadonlyMap<string, string>;
};

type JobRow = {
  readonly id: string;
  readonly array_id: string;
  readonly renter_id: string;
  readonly index: number;
  readonly size: number;
  readonly attempts: number;
  readonly asked_at: Date;
  readonly observed_at: Date;
  readonly reason: string | null;
  readonly avoided_host_ids: string[];
  readonly machines: number;
  readonly run_seconds: number;
  readonly deadline: Date | null;
  readonly cap_micros: bigint | null;
  readonly requirements: unknown;
};

/** Everything that the next plan follows from; null where nobody waits. */
export async function queueNow(now: Date, ask: QueueAsk = {}): Promise<Queue | null> {
  const { without = [], withoutJobs = [], yielding = false, overByMs = Number.POSITIVE_INFINITY } = ask;
  const rows = await db.$queryRaw<JobRow[]>`
    SELECT j.id, j.array_id, j.renter_id, j.index, j.attempts, j.asked_at, j.observed_at, j.reason, j.avoided_host_ids, a.size, a.machines,
      a.run_seconds, a.deadline, a.cap_micros, a.requirements
    FROM (
      SELECT *, row_number() OVER (PARTITION BY array_id ORDER BY asked_at, id) AS place FROM jobs
      WHERE observed = 'waiting' AND (not_before IS NULL OR not_before <= ${now}::timestamptz)
    ) j JOIN job_arrays a ON a.id = j.array_id JOIN users u ON u.id = j.renter_id
    WHERE j.place <= ${JOBS_A_PLAN} AND u.suspended_at IS NULL AND NOT a.id = ANY(${[...without]}) AND NOT j.id = ANY(${[...withoutJobs]}) AND coalesce(a.deadline > ${now}::timestamptz, true)
    ORDER BY j.asked_at, j.id`;
  const beginsAt = yielding ? addSeconds(now, env().interruptionNoticeSeconds) : now;
  const found = rows
    .map(queuedFrom)
    .filter((job) => mayBegin(job, beginsAt) && windowEnd(job, beginsAt).getTime() <= overByMs);
  if (found.length === 0) return null;
  const renterIds = [...new Set(found.map((job) => job.renterId))];
  const [offers, blocks, held, served, silent, spent, expected, limits] = await Promise.all([
    offeredMachines(db, now),
    blocksOf(db, renterIds),
    heldGpus(renterIds),
    servedAt(renterIds, now),
    wentSilent(renterIds, now),
    spentOn(
      db,
      found.filter(({ capMicros, attempts }) => capMicros !== null && attempts > 0).map(({ id }) => id),
    ),
    expectedDemand(now),
    limitsOf(renterIds, now),
  ]);
  const possible = yielding ? found.filter(({ renterId }) => !limits.has(renterId)) : found;
  if (possible.length === 0) return null;
  const whole = offers.map((offer) => machineFrom(offer, { now, untilMs: 0, yielding: true }));
  const jobs = possible.map((job): QueuedJob => {
    const { chargedMicros = 0n, heldMicros = 0n } = spent.get(job.id) ?? {};
    const left = job.capMicros === null ? null : job.capMicros - chargedMicros - heldMicros;
    const avoidedHostIds = avoidedNow(job, silent.get(job.renterId) ?? [], whole, now);
    return { ...job, avoidedHostIds, needs: needsWithinCap(job, left) };
  });
  const requests = jobs.map((job) => requestFrom(job, blocks.get(job.renterId) ?? [], beginsAt));
  const untilMs = requests.reduce((latest, { demand }) => Math.max(latest, demand.untilMs), 0);
  const look = { now, untilMs, yielding };
  return {
    look,
    beginsAt,
    snapshot: {
      nowMs: now.getTime(),
      machines: offers.map((offer) => machineFrom(offer, look)),
      requests,
      heldGpuMilli: held,
      servedAtMs: served,
      expected,
    },
    jobs: new Map(jobs.map((job) => [job.id, job])),
    offers: new Map(offers.map((offer) => [offer.machineId, offer])),
    limits,
  };
}

function queuedFrom(row: JobRow): QueuedJob {
  return {
    id: row.id,
    arrayId: row.array_id,
    renterId: row.renter_id,
    index: row.index,
    size: row.size,
    attempts: row.attempts,
    askedAt: row.asked_at,
    waitsSince: row.observed_at,
    reason: row.attempts === 0 ? null : row.reason,
    avoidedHostIds: row.avoided_host_ids,
    machines: row.machines,
    runSeconds: row.run_seconds,
    deadline: row.deadline,
    capMicros: row.cap_micros,
    needs: readRequirements(row.requirements),
  };
}

/** Hosts that do not rent to renters, by renter. */
export async function blocksOf(
  reader: Pick<Reader, 'renterBlock'>,
  renterIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const blocks = await reader.renterBlock.findMany({
    where: { renterId: { in: [...renterIds] } },
    select: { renterId: true, hostId: true },
  });
  const by = Map.groupBy(blocks, (block) => block.renterId);
  return new Map([...by].map(([renterId, own]) => [renterId, own.map((block) => block.hostId)]));
}

async function limitsOf(renterIds: readonly string[], now: Date): Promise<ReadonlyMap<string, string>> {
  const putOuts = await putOutsOf(db, renterIds, now);
  return new Map(
    [...putOuts].flatMap(([renterId, own]): [string, string][] => {
      const why = whyNotPutOut(own, now);
      return why === null ? [] : [[renterId, why.sentence]];
    }),
  );
}

/** Thousandths of GPUs that the jobs of renters hold now. */
async function heldGpus(renterIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.$queryRaw<{ renter_id: string; gpus: number }[]>`
    SELECT j.renter_id, sum((a.requirements->>'gpuCount')::int * a.machines)::int AS gpus
    FROM jobs j JOIN job_arrays a ON a.id = j.array_id
    WHERE j.observed IN ('placed', 'running') AND j.renter_id = ANY(${[...renterIds]})
    GROUP BY j.renter_id ORDER BY j.renter_id`;
  return new Map(rows.map((row) => [row.renter_id, row.gpus * 1_000]));
}

/** When a job of each renter was last placed, in milliseconds of the epoch; what is longer ago than patience lasts is left out. */
async function servedAt(renterIds: readonly string[], now: Date): Promise<ReadonlyMap<string, number>> {
  const rows = await db.$queryRaw<{ renter_id: string; at: Date }[]>`
    SELECT j.renter_id, max(t.placed_at) AS at FROM job_attempts t JOIN jobs j ON j.id = t.job_id
    WHERE t.placed_at > ${new Date(now.getTime() - PATIENCE_MS)}::timestamptz AND j.renter_id = ANY(${[...renterIds]})
    GROUP BY j.renter_id ORDER BY j.renter_id`;
  return new Map(rows.map((row) => [row.renter_id, row.at.getTime()]));
}

/** Hosts of machines that went silent under a job of each renter a short while ago. */
async function wentSilent(renterIds: readonly string[], now: Date): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.$queryRaw<{ renter_id: string; host_id: string }[]>`
    SELECT DISTINCT b.renter_id, b.host_id FROM job_attempts t JOIN attempt_bookings p ON p.attempt_id = t.id
    JOIN bookings b ON b.id = p.booking_id
    WHERE t.outcome = 'lost' AND t.ended_at > ${addSeconds(now, -AVOID_SECONDS)}::timestamptz
      AND b.reason = 'machineLost' AND b.renter_id = ANY(${[...renterIds]})
    ORDER BY b.renter_id, b.host_id`;
  const by = Map.groupBy(rows, (row) => row.renter_id);
  return new Map([...by].map(([renterId, own]) => [renterId, own.map((row) => row.host_id)]));
}

/** What jobs asked for in the last two weeks, and how often: what the scheduler expects to come. Most frequent first. */
export async function expectedDemand(now: Date): Promise<Expected[]> {
  const since = new Date(now.getTime() - EXPECTED_DAYS * 86_400_000);
  const rows = await db.$queryRaw<{ requirements: unknown; jobs: number }[]>`
    SELECT requirements, sum(size * machines)::int AS jobs FROM job_arrays
    WHERE created_at > ${since}::timestamptz AND created_at <= ${now}::timestamptz
    GROUP BY requirements ORDER BY jobs DESC, requirements::text LIMIT ${MOST_EXPECTED}`;
  return rows.map(({ requirements, jobs }) => ({
    demand: demandOf(readRequirements(requirements), { untilMs: 0, blockedHostIds: [] }),
    count: jobs,
  }));
}
