import { type Query, query } from '#lib/io/db.ts';

/** Whether somebody who yields to nobody has GPUs of a machine at an instant, as a condition: `machineId` is a column or a value. */
export function promisedAt(machineId: Query, at: Date): Query {
  return query`EXISTS (
    SELECT 1 FROM gpus g JOIN allocations a ON a.gpu_id = g.id JOIN bookings b ON b.id = a.booking_id
    WHERE g.machine_id = ${machineId} AND NOT a.yields AND b.desired = 'running'
      AND a.starts_at <= ${at}::timestamptz AND a.ends_at > ${at}::timestamptz)`;
}
