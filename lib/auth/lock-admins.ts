import type { Tx } from '#lib/io/db.ts';

/** Step: locks all admins that are not suspended, in the order of their ids, and answers who they are: so that two never dismiss each other at once. */
export async function lockAdmins(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE role = 'admin' AND suspended_at IS NULL ORDER BY id FOR UPDATE`;
  return rows.map((row) => row.id);
}
