import { inTransaction } from '#lib/io/db.ts';
import type { SeenMovement } from './payout-rail.ts';

/** Keeps what the provider says moved our balance, each movement once and as it was said first. Answers how many were new. */
export async function recordMovements(provider: string, rows: readonly SeenMovement[]): Promise<number> {
  if (rows.length === 0) return 0;
  const { count } = await inTransaction('record movements', (tx) =>
    tx.providerMovement.createMany({
      data: rows.map((row) => ({ ...row, refs: [...row.refs], provider })),
      skipDuplicates: true,
    }),
  );
  return count;
}
