import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { hostsToTell, type RequestDigest } from './queries/request-digests.ts';

/** A host hears of new requests at most this often. */
export const TELL_HOSTS_EVERY_SECONDS = 86_400;

/**
 * Sweep: tells hosts of open requests that their machines could serve and that they have not heard of, at most once a day
 * each, however many came. Answers how many hosts were told.
 */
export async function tellHosts(world: World = theWorld): Promise<number> {
  const now = world.now();
  const due = await hostsToTell(addSeconds(now, -TELL_HOSTS_EVERY_SECONDS), now);
  return eachRow('tellHosts', due, (digest) => inTransaction('tell host of requests', (tx) => tell(tx, digest, now)));
}

async function tell(tx: Tx, { hostId, lastRequestId, count }: RequestDigest, now: Date): Promise<boolean> {
  // Whoever moves the row on tells; another worker finds it moved.
  const moved = await tx.$executeRaw`
    INSERT INTO request_digests (host_id, told_at, last_request_id) VALUES (${hostId}, ${now}, ${lastRequestId})
    ON CONFLICT (host_id) DO UPDATE SET told_at = excluded.told_at, last_request_id = excluded.last_request_id
      WHERE request_digests.told_at <= ${addSeconds(now, -TELL_HOSTS_EVERY_SECONDS)}::timestamptz
        AND request_digests.last_request_id < excluded.last_request_id`;
  if (moved === 0) return false;
  await recordEvent(tx, THE_MARKET, { kind: 'request.forHosts', userId: hostId, data: { count, lastRequestId } }, now);
  return true;
}
