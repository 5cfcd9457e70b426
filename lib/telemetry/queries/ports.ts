import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';

/** On which ports the programs of a booking listen, as its machine saw it last. */
export type SeenPorts = { readonly seenAt: Date; readonly ports: readonly number[] };

/** An older look says nothing about now. */
const FRESH_SECONDS = 60;

/**
 * The ports of the last look within a minute; null where the machine does not say. For the booking's renter: what is not
 * theirs is not found.
 */
export async function seenPortsOf(actor: Actor, bookingId: string, now: Date): Promise<SeenPorts | null> {
  const own = await db.booking.count({ where: { id: bookingId, renterId: actor.userId } });
  if (own === 0) throw new Refusal('notFound');
  const [row] = await db.$queryRaw<SeenPorts[]>`
    SELECT at AS "seenAt", listening_ports AS ports FROM metric_samples
    WHERE booking_id = ${bookingId} AND at > ${addSeconds(now, -FRESH_SECONDS)}::timestamptz
      AND listening_ports IS NOT NULL
    ORDER BY at DESC LIMIT 1`;
  return row ?? null;
}
