import type { Reader } from '#lib/io/db.ts';

/** What of a machine's disk is promised to rentals that have not ended, in bytes. */
export async function rentedDiskBytes(reader: Reader, machineId: string): Promise<bigint> {
  const [row] = await reader.$queryRaw<{ bytes: string }[]>`
    SELECT coalesce(sum((terms->>'diskBytes')::numeric), 0)::text AS bytes FROM bookings
    WHERE machine_id = ${machineId} AND observed <> 'ended' AND ended_at IS NULL`;
  return BigInt(row?.bytes ?? '0');
}
