import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { secondsBetween, theWorld } from '#lib/base/time.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { db } from '#lib/io/db.ts';
import { type JobCounts, NO_JOBS, whyNotCancelArray } from '../job.ts';
import { readRequirements } from '../requirements.ts';
import type { ArrayRow, ArrayView } from '../view.ts';
import { readReport, waitSentence } from '../wait-report.ts';
import { countsOfAll } from './counts.ts';
import { type Running, runningOf } from './running.ts';

const MOST_ROWS = 100;

export type ArraysAsk = {
  /** `live`: something of it has not ended yet. */
  readonly state?: 'live' | 'past' | 'all' | undefined;
  /** In the name or the image. */
  readonly find?: string | undefined;
  /** These and no others. */
  readonly ids?: readonly string[] | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** What the viewer submitted, newest first. */
export async function arraysOf(actor: Actor, ask: ArraysAsk, now = theWorld.now()): Promise<Page<ArrayRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 50), MOST_ROWS);
  const rows = await db.jobArray.findMany({
    where: {
      renterId: actor.userId,
      ...(ask.state === 'live' ? { endedAt: null } : ask.state === 'past' ? { endedAt: { not: null } } : {}),
      AND: [
        ...(ask.after === undefined ? [] : [{ id: { lt: ask.after } }]),
        ...(ask.ids === undefined ? [] : [{ id: { in: [...ask.ids] } }]),
        ...(ask.find === undefined || ask.find === '' ? [] : [{ OR: holding(ask.find) }]),
      ],
    },
    orderBy: { id: 'desc' },
    take: take + 1,
  });
  const page = toPage(rows, take);
  const ids = page.rows.map((row) => row.id);
  const facts = await factsOf(actor, ids, now);
  return {
    next: page.next,
    rows: page.rows.map((row) => rowFrom(row, facts(row.id))),
  };
}

/** One submission with everything that a page about it needs. What is not the viewer's is not found. */
export async function arrayOf(actor: Actor, arrayId: string, now = theWorld.now()): Promise<ArrayView> {
  const row = await db.jobArray.findFirst({ where: { id: arrayId, renterId: actor.userId } });
  if (row === null) throw new Refusal('notFound');
  const [facts, ahead] = await Promise.all([factsOf(actor, [arrayId], now), aheadOf(arrayId)]);
  return {
    ...rowFrom(row, facts(arrayId)),
    command: row.command as string[],
    hasEnvironment: row.encryptedEnvironment !== null,
    needs: readRequirements(row.requirements),
    runSeconds: row.runSeconds,
    deadline: row.deadline,
    retries: row.retries,
    capMicros: row.capMicros,
    artifactsPath: row.artifactsPath,
    checkpointPath: row.checkpointPath,
    ahead,
  };
}

type Row = NonNullable<Awaited<ReturnType<typeof db.jobArray.findFirst>>>;
type Cost = { readonly chargedMicros: bigint; readonly heldMicros: bigint };

function holding(text: string) {
  const contains = { contains: text, mode: 'insensitive' as const };
  return [{ name: contains }, { image: contains }];
}

/** What is known of submissions beside their rows. */
type Facts = {
  readonly counts: JobCounts;
  readonly cost: Cost;
  readonly running: Running;
  /** Set where another reason than machines keeps all that wait. */
  readonly standstill: string | null;
};

async function factsOf(actor: Actor, ids: readonly string[], now: Date): Promise<(arrayId: string) => Facts> {
  const [counts, costs, running, resting] = await Promise.all([
    countsOfAll(db, ids),
    costsOf(ids),
    runningOf(actor, ids, now),
    restingOf(ids, now),
  ]);
  return (id) => {
    const own = counts.get(id) ?? NO_JOBS;
    const rests = resting.get(id);
    const untilThen =
      rests !== undefined && rests.jobs === own.waiting ? restSentence(secondsBetween(now, rests.until)) : null;
    return {
      counts: own,
      cost: costs.get(id) ?? { chargedMicros: 0n, heldMicros: 0n },
      running: running.get(id) ?? { microsPerHour: 0n, usage: null },
      standstill: actor.suspended ? SUSPENDED : untilThen,
    };
  };
}

const SUSPENDED = 'Your account is suspended: nothing of it begins until that is over. You can cancel it.';

function restSentence(seconds: number): string {
  return `Its program failed. It rests, and is tried again in ${formatSpan(Math.max(1, seconds))}.`;
}

/** Jobs that rest after something failed, by array, and when the first of them is tried again. */
async function restingOf(
  arrayIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, { readonly jobs: number; readonly until: Date }>> {
  const rows = await db.$queryRaw<{ array_id: string; jobs: number; until: Date }[]>`
    SELECT array_id, count(*)::int AS jobs, min(not_before) AS until FROM jobs
    WHERE array_id = ANY(${[...arrayIds]}) AND observed = 'waiting' AND not_before > ${now}::timestamptz GROUP BY array_id`;
  return new Map(rows.map(({ array_id: id, ...rest }) => [id, rest]));
}

function rowFrom(row: Row, { counts, cost, running, standstill }: Facts): ArrayRow {
  const report = standstill === null ? readReport(row.report) : null;
  const seen = report === null ? 'It was submitted just now and is looked at in a moment.' : waitSentence(report);
  const sentence = standstill ?? seen;
  const since = report === null ? null : row.reportedAt;
  return {
    id: row.id,
    name: row.name,
    image: row.image,
    size: row.size,
    machines: row.machines,
    gpuCount: readRequirements(row.requirements).gpuCount,
    counts,
    createdAt: row.createdAt,
    endedAt: row.endedAt,
    ...cost,
    ...running,
    waiting: counts.waiting === 0 ? null : { sentence, report, since },
    actions: whyNotCancelArray(counts) === null ? ['cancel'] : [],
  };
}

async function costsOf(arrayIds: readonly string[]): Promise<ReadonlyMap<string, Cost>> {
  const rows = await db.$queryRaw<{ array_id: string; charged: string; held: string }[]>`
    SELECT j.array_id, sum(l.charged_micros)::text AS charged, sum(l.held_micros)::text AS held
    FROM jobs j JOIN job_attempts t ON t.job_id = j.id JOIN attempt_bookings b ON b.attempt_id = t.id
    JOIN leases l ON l.booking_id = b.booking_id
    WHERE j.array_id = ANY(${[...arrayIds]}) GROUP BY j.array_id`;
  return new Map(
    rows.map((row) => [row.array_id, { chargedMicros: BigInt(row.charged), heldMicros: BigInt(row.held) }]),
  );
}

/** How many jobs come before the first of an array that waits, by the rule of lib/scheduler/queue.ts as far as it can be told now. */
async function aheadOf(arrayId: string): Promise<number | null> {
  const [row] = await db.$queryRaw<{ ahead: number | null }[]>`
    WITH held AS (
      SELECT j.renter_id, sum((a.requirements->>'gpuCount')::int * a.machines) AS gpus
      FROM jobs j JOIN job_arrays a ON a.id = j.array_id WHERE j.observed IN ('placed', 'running') GROUP BY j.renter_id
    ), mine AS (
      SELECT j.id, j.asked_at, j.renter_id, coalesce(h.gpus, 0) AS gpus FROM jobs j LEFT JOIN held h USING (renter_id)
      WHERE j.array_id = ${arrayId} AND j.observed = 'waiting' ORDER BY j.asked_at, j.id LIMIT 1
    )
    SELECT CASE WHEN EXISTS (SELECT 1 FROM mine) THEN (
      SELECT count(*)::int FROM jobs j LEFT JOIN held h ON h.renter_id = j.renter_id CROSS JOIN mine m
      WHERE j.observed = 'waiting' AND CASE WHEN j.renter_id = m.renter_id THEN (j.asked_at, j.id) < (m.asked_at, m.id)
        ELSE coalesce(h.gpus, 0) < m.gpus OR (coalesce(h.gpus, 0) = m.gpus AND (j.asked_at, j.id) < (m.asked_at, m.id)) END
    ) END AS ahead`;
  return row?.ahead ?? null;
}
