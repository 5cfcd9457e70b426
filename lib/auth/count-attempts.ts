import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import type { Tx } from '#lib/io/db.ts';
import { type AttemptRule, waitText } from './attempt.ts';

export type Attempt = { readonly rule: AttemptRule; readonly subject: string };

/**
 * Step: counts one attempt at each guarded door. Call it in a transaction of its own that commits, so that a refusal of the
 * rest does not undo the count. Atomic over all processes: each count is one statement on one row.
 * Refuses with `tooManyAttempts` and `retryAfterSeconds` when a door is at its bound; nothing at all is counted then.
 */
export async function countAttempts(tx: Tx, attempts: readonly Attempt[], now: Date): Promise<void> {
  // In one order, so that two who count at the same doors never wait for each other in a circle.
  const sorted = attempts.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const { rule, subject } of sorted) {
    const ends = addSeconds(now, rule.seconds);
    const [row] = await tx.$queryRaw<{ points: number; expires_at: Date }[]>`
      INSERT INTO rate_limits AS held (key, points, expires_at) VALUES (${keyOf({ rule, subject })}, 1, ${ends})
      ON CONFLICT (key) DO UPDATE SET
        points = CASE WHEN held.expires_at <= ${now} THEN 1 ELSE held.points + 1 END,
        expires_at = CASE WHEN held.expires_at <= ${now} THEN ${ends} ELSE held.expires_at END
      RETURNING points, expires_at`;
    if (row !== undefined && row.points > rule.points) {
      const seconds = Math.max(1, Math.ceil((row.expires_at.getTime() - now.getTime()) / 1_000));
      throw new Refusal(
        'tooManyAttempts',
        { retryAfterSeconds: seconds },
        `Too many attempts. Wait ${waitText(seconds)} and try again.`,
      );
    }
  }
}

/** Step: gives the points of a success back, so that only failures add up. */
export async function giveBackAttempts(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  const keys = attempts.map(keyOf);
  await tx.$executeRaw`
    UPDATE rate_limits SET points = points - 1 WHERE key IN (
      SELECT key FROM rate_limits WHERE key = ANY(${keys}) AND points > 0 ORDER BY key FOR UPDATE
    )`;
}

function keyOf({ rule, subject }: Attempt): string {
  return `${rule.name}:${subject}`;
}
