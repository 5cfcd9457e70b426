import { THE_MARKET } from '#lib/base/actor.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { countsOf } from './queries/counts.ts';

/** Step: arrays whose last job has ended are over: their renters hear of it, once. Variables are kept no longer. */
export async function closeArrays(tx: Tx, arrayIds: readonly string[], now: Date): Promise<void> {
  const closed = await tx.$queryRaw<{ id: string; renter_id: string; name: string; size: number }[]>`
    UPDATE job_arrays a SET ended_at = ${now}::timestamptz, encrypted_environment = NULL, report = NULL
    WHERE a.id = ANY(${[...arrayIds]}) AND a.ended_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.array_id = a.id AND j.observed <> 'ended')
    RETURNING a.id, a.renter_id, a.name, a.size`;
  for (const { id, renter_id: renterId, name, size } of closed) {
    const { succeeded, failed, cancelled, expired } = await countsOf(tx, id);
    await recordEvent(
      tx,
      THE_MARKET,
      {
        kind: 'jobs.ended',
        userId: renterId,
        data: { arrayId: id, name, size, succeeded, failed, cancelled, expired },
      },
      now,
    );
  }
}
