import { db } from '#lib/io/db.ts';

/** Models of GPUs that are offered now, by name: what a form can suggest. */
export async function offeredModels(): Promise<string[]> {
  const rows = await db.gpu.findMany({
    where: { removedAt: null, machine: { retiredAt: null, listing: { state: 'published' } } },
    distinct: ['model'],
    orderBy: { model: 'asc' },
    take: 100,
    select: { model: true },
  });
  return rows.map((row) => row.model);
}
