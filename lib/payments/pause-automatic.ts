import type { Tx } from '#lib/io/db.ts';
import type { PausedReason } from './automatic-top-up.ts';

/** Step: nothing is taken by itself any more until its owner says so. Answers whether something was to be taken before. */
export async function pauseAutomatic(tx: Tx, userId: string, reason: PausedReason, now: Date): Promise<boolean> {
  const { count } = await tx.automaticTopUp.updateMany({
    where: { userId, pausedAt: null },
    data: { pausedAt: now, pausedReason: reason },
  });
  return count > 0;
}
