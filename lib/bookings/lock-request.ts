import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { readStanding, type StandingRow, standingColumns } from './queries/standing-row.ts';

/**
 * Step: locks a request until the transaction ends, of this renter where one is named. A request is locked before
 * machines, listings, bookings and accounts. Refuses with `notFound`.
 */
export async function lockRequest(
  tx: Tx,
  where: { readonly id: string; readonly renterId?: string },
): Promise<StandingRow> {
  await tx.$executeRaw`SELECT 1 FROM standing_requests WHERE id = ${where.id} FOR UPDATE`;
  const row = await tx.standingRequest.findFirst({ where, select: standingColumns });
  if (row === null) throw new Refusal('notFound');
  return readStanding(row);
}
