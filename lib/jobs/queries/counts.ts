import type { Reader } from '#lib/io/db.ts';
import { type JobCounts, NO_JOBS } from '../job.ts';

/** Jobs of an array by what is seen of them, and how they came out. */
export async function countsOf(reader: Pick<Reader, '$queryRaw'>, arrayId: string): Promise<JobCounts> {
  return (await countsOfAll(reader, [arrayId])).get(arrayId) ?? NO_JOBS;
}

/** The same for several arrays, by array. */
export async function countsOfAll(
  reader: Pick<Reader, '$queryRaw'>,
  arrayIds: readonly string[],
): Promise<ReadonlyMap<string, JobCounts>> {
  const rows = await reader.$queryRaw<{ array_id: string; kind: keyof JobCounts; jobs: number }[]>`
    SELECT array_id, coalesce(outcome, observed) AS kind, count(*)::int AS jobs FROM jobs
    WHERE array_id = ANY(${[...arrayIds]}) GROUP BY 1, 2`;
  const by = Map.groupBy(rows, (row) => row.array_id);
  return new Map(
    [...by].map(([id, own]) => [id, { ...NO_JOBS, ...Object.fromEntries(own.map(({ kind, jobs }) => [kind, jobs])) }]),
  );
}
