import { forgetEnv } from '#lib/io/env.ts';
import { appendLog } from '#lib/receipts/append-log.ts';
import { logKeyOf, signedHead } from '#lib/receipts/queries/log.ts';
import { newSigningKey, sha256Bytes, verifyBytes } from '#protocol/keys.ts';
import { type Checkpoint, openCheckpoint } from '#protocol/log-checkpoint.ts';
import type { MovableClock } from './rental.ts';

process.env.SUBLET_LOG_KEY = newSigningKey().export({ type: 'pkcs8', format: 'pem' }).toString();
process.env.SUBLET_PUBLIC_URL = 'https://market.example';
forgetEnv();

/** Logs all that waits and gives the new head as anybody would read it. */
export async function logAll(clock: Pick<MovableClock, 'world'>): Promise<Checkpoint> {
  await appendLog(clock.world);
  return readHead();
}

/** The newest head, its signature checked. */
export async function readHead(): Promise<Checkpoint> {
  const [head, key] = await Promise.all([signedHead(), logKeyOf()]);
  const opened =
    head === null || key === null ? null : await openCheckpoint(sha256Bytes, verifyBytes, head.note, key.key);
  if (opened === null) throw new Error('the log has no head, or one that is not signed by it');
  return opened;
}
