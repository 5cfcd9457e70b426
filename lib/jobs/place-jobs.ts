import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { breaksConstraint, db, inTransaction, type Tx } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { keepPlan } from '#lib/io/plan-log.ts';
import { type Plan, planPlacements } from '#lib/scheduler/plan.ts';
import { recordPlan } from '#lib/scheduler/record.ts';
import { type Committed, commitPlacements } from './commit-placements.ts';
import type { Placement } from './placement.ts';
import { policyNow } from './queries/policy.ts';
import { JOBS_A_PLAN, type Queue, type QueueAsk, queueNow } from './queries/queue.ts';
import { preparePlacements } from './queries/work.ts';
import { readReport, type WaitReport, waitReport } from './wait-report.ts';

/** Jobs that are placed in one transaction: many, because a commit costs the same for one as for all; not more, because machines are locked meanwhile. */
const BATCH = 128;
/** Lengths of jobs for which gaps are looked at. */
const MOST_GAPS = 4;
/** Plans in a row before others have their turn. */
const MOST_ROUNDS = 50;

/**
 * Sweep: places what waits, by the scheduler's plan, and keeps for each array why the rest waits. Any number of workers may
 * do it at once: each job is placed once. What lost against somebody else is left for the next time. Answers how many jobs
 * were placed.
 */
export async function placeJobs(world: World = theWorld): Promise<number> {
  /** Arrays whose jobs wait for something else than machines: the others' turn comes. */
  const held = new Map<string, string>();
  const capped = new Set<string>();
  const first = await placeRounds(world, { held, capped }, {});
  let { placed } = first;
  for (const look of furtherLooks(first.last)) placed += (await placeRounds(world, { held, capped }, look)).placed;
  return placed;
}

/** What is left out of the plans of a sweep: arrays, and why; and jobs. */
type LeftOut = { readonly held: Map<string, string>; readonly capped: Set<string> };

type Last = { readonly queue: Queue; readonly plan: Plan } | null;

/** Plans and places until nothing more of it fits. Answers how many were placed, and the last plan. */
async function placeRounds(
  world: World,
  { held, capped }: LeftOut,
  ask: QueueAsk,
): Promise<{ readonly placed: number; readonly last: Last }> {
  let placed = 0;
  let last: Last = null;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const now = world.now();
    const queue = await queueNow(now, { ...ask, without: [...held.keys()], withoutJobs: [...capped] });
    if (queue === null) break;
    const policy = await policyNow();
    const plan = planPlacements(queue.snapshot, policy);
    await keepPlan(() => recordPlan(queue.snapshot, policy, plan));
    last = { queue, plan };
    const before = held.size + capped.size;
    const justPlaced = await commitAll(queue, plan, { held, capped }, now);
    if (ask.yielding !== true && ask.overByMs === undefined) await keepReports(queue, plan, held, now);
    placed += justPlaced;
    const more = justPlaced > 0 && hasMore(queue);
    if (!more && held.size + capped.size === before) break;
  }
  return { placed, last };
}

/**
 * What the first plan could not see, because it counts a GPU as free only while nobody has it or will have it before the
 * longest job is over: gaps before reserved windows, for shorter jobs, the longest of them first; then GPUs of rentals that yield.
 */
function furtherLooks(last: Last): QueueAsk[] {
  if (last === null || last.plan.waiting.length === 0) return [];
  const { queue, plan } = last;
  const gpus = [...queue.offers.values()].flatMap((offer) => offer.gpus);
  const waiting = new Set(plan.waiting.map(({ requestId }) => requestId));
  const ends = queue.snapshot.requests.filter(({ id }) => waiting.has(id)).map(({ demand }) => demand.untilMs);
  const shorter = [...new Set(ends)].filter((end) => end < queue.look.untilMs).sort((a, b) => b - a);
  return [
    ...(gpus.some((gpu) => gpu.nextTakenAt !== null)
      ? shorter.slice(0, MOST_GAPS).map((overByMs) => ({ overByMs }))
      : []),
    ...(gpus.some((gpu) => gpu.yielding.length > 0) ? [{ yielding: true }] : []),
  ];
}

/** Whether the plan left jobs out only because there were too many alike. */
function hasMore(queue: Queue): boolean {
  const counts = new Map<string, number>();
  for (const { arrayId } of queue.jobs.values()) counts.set(arrayId, (counts.get(arrayId) ?? 0) + 1);
  return [...counts.values()].some((count) => count >= JOBS_A_PLAN);
}

async function commitAll(queue: Queue, plan: Plan, { held, capped }: LeftOut, now: Date): Promise<number> {
  let placed = 0;
  for (let from = 0; from < plan.assignments.length; from += BATCH) {
    const batch = plan.assignments.slice(from, from + BATCH).filter(({ requestId }) => {
      const job = queue.jobs.get(requestId);
      return job !== undefined && !held.has(job.arrayId);
    });
    const { placements, held: unready } = await preparePlacements(queue, batch, now);
    for (const [arrayId, sentence] of unready) held.set(arrayId, sentence);
    for (const done of await commitBatch(queue, placements, now)) {
      placed += done.placed.length;
      for (const jobId of done.capped) capped.add(jobId);
      for (const [jobId, sentence] of done.held) {
        const job = queue.jobs.get(jobId);
        if (job !== undefined) held.set(job.arrayId, sentence);
      }
    }
  }
  return placed;
}

/** All of a batch together; one by one when one of them spoils it for all. */
async function commitBatch(queue: Queue, placements: readonly Placement[], now: Date): Promise<Committed[]> {
  const first = await commit(queue, placements, now);
  if (first !== null) return [first];
  const all: Committed[] = [];
  for (const placement of placements) {
    const one = await commit(queue, [placement], now);
    if (one !== null) all.push(one);
  }
  return all;
}

async function commit(queue: Queue, placements: readonly Placement[], now: Date): Promise<Committed | null> {
  if (placements.length === 0) return { placed: [], held: new Map(), capped: [] };
  try {
    return await inTransaction('place jobs', (tx: Tx) =>
      commitPlacements(tx, placements, { beginsAt: queue.beginsAt, yielding: queue.look.yielding }, now),
    );
  } catch (error) {
    const lost = breaksConstraint(error, 'allocations_no_overlap') || breaksConstraint(error, 'job_attempts_one_open');
    if (!lost && !(error instanceof Refusal)) throw error;
    const [only, ...others] = placements;
    if (only === undefined || others.length > 0) return null;
    log.debug({ job: only.job.id, err: error }, 'a job could not be placed');
    const held = error instanceof Refusal ? new Map([[only.job.id, error.sentence]]) : new Map<string, string>();
    return { placed: [], held, capped: [] };
  }
}

/** Writes why each array's jobs wait, where that is news. */
async function keepReports(queue: Queue, plan: Plan, held: ReadonlyMap<string, string>, now: Date): Promise<void> {
  const reports = new Map<string, WaitReport>();
  for (const { requestId, report } of plan.waiting) {
    const job = queue.jobs.get(requestId);
    if (job === undefined || reports.has(job.arrayId)) continue;
    reports.set(job.arrayId, waitReport(report, job.machines));
  }
  const othersYield = [...queue.offers.values()].some(({ gpus }) => gpus.some((gpu) => gpu.yielding.length > 0));
  for (const job of queue.jobs.values()) {
    // Whoever waits for machines is told that GPUs which somebody would have to leave are none of them.
    const limit = othersYield && reports.has(job.arrayId) ? queue.limits.get(job.renterId) : undefined;
    const sentence = held.get(job.arrayId) ?? limit;
    if (sentence === undefined) continue;
    const known = reports.get(job.arrayId) ?? { fitting: job.machines, needed: job.machines, misfits: [], hold: null };
    reports.set(job.arrayId, { ...known, hold: sentence });
  }
  if (reports.size === 0) return;
  const before = await db.jobArray.findMany({
    where: { id: { in: [...reports.keys()] } },
    select: { id: true, report: true },
  });
  const known = new Map(before.map((row) => [row.id, JSON.stringify(readReport(row.report))]));
  const news = [...reports].filter(([id, report]) => known.get(id) !== JSON.stringify(report));
  if (news.length === 0) return;
  await inTransaction('keep reports', async (tx) => {
    await tx.$executeRaw`
      UPDATE job_arrays a SET report = n.report::jsonb, reported_at = ${now}::timestamptz
      FROM unnest(${news.map(([id]) => id)}::text[], ${news.map(([, report]) => JSON.stringify(report))}::text[]) AS n(id, report)
      WHERE a.id = n.id`;
  });
}
