import type { Tx } from '#lib/io/db.ts';

/**
 * Step: a sweep runs as soon as this transaction commits and a worker is free, instead of at its next time. Its key is its
 * name, so that however many nudges make one run.
 */
export async function nudgeSweep(tx: Tx, name: string): Promise<void> {
  await tx.$executeRaw`SELECT graphile_worker.add_job(${name}, '{}'::json, job_key := ${name})`;
}
