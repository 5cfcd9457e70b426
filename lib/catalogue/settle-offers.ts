import { theWorld, type World } from '#lib/base/time.ts';
import { db, inTransaction, query } from '#lib/io/db.ts';
import { promisedAt } from './queries/promised.ts';
import { settleOffer } from './settle-offer.ts';

/**
 * Sweep: closes the offered time of listings that ran out, whose hours ended or whose host was suspended, and opens what is visible and was
 * not counted, or what somebody has rented whatever became of its listing and hours. Returns how many changed.
 */
export async function settleOffers(world: World = theWorld): Promise<number> {
  const now = world.now();
  const candidates = await db.$queryRaw<{ machine_id: string }[]>`
    SELECT l.machine_id FROM listings l
    JOIN machines m ON m.id = l.machine_id JOIN users u ON u.id = l.host_id
    LEFT JOIN calendars c ON c.machine_id = l.machine_id
    WHERE EXISTS (SELECT 1 FROM offers o WHERE o.machine_id = l.machine_id AND o.ends_at IS NULL)
      <> (m.retired_at IS NULL AND ((l.state = 'published' AND l.suspended_at IS NULL AND u.suspended_at IS NULL
        AND (l.ends_at IS NULL OR l.ends_at > ${now}::timestamptz) AND (l.approved_at IS NOT NULL OR m.self_test_passed)
        AND coalesce(c.open @> ${now}::timestamptz, true)) OR ${promisedAt(query`l.machine_id`, now)}))`;
  let changed = 0;
  for (const { machine_id: machineId } of candidates) {
    const settled = await inTransaction('settle offer', async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${machineId} FOR UPDATE`;
      return settleOffer(tx, machineId, now);
    });
    if (settled) changed += 1;
  }
  return changed;
}
