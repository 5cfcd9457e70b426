import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvents } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';

/**
 * Sweep: tells whoever wants it that less is free in their wallet than they set, once until it is above again. Answers how
 * many were told.
 */
export async function warnBalance(world: World = theWorld): Promise<number> {
  const now = world.now();
  return inTransaction('warn-balance', async (tx) => {
    await tx.$executeRaw`
      UPDATE users u SET low_balance_told_at = NULL FROM accounts a
      WHERE u.low_balance_told_at IS NOT NULL AND a.kind = 'renterWallet' AND a.owner_id = u.id AND a.balance_micros >= u.low_balance_micros`;
    // Somebody whose wallet never held anything waits for nothing: no row, no warning.
    const low = await tx.$queryRaw<{ id: string; below: bigint; free: bigint }[]>`
      UPDATE users u SET low_balance_told_at = ${now} FROM accounts a
      WHERE u.low_balance_micros IS NOT NULL AND u.low_balance_told_at IS NULL AND u.deleted_at IS NULL
        AND a.kind = 'renterWallet' AND a.owner_id = u.id AND a.balance_micros < u.low_balance_micros
      RETURNING u.id, u.low_balance_micros AS below, a.balance_micros AS free`;
    await recordEvents(
      tx,
      low.map(({ id, below, free }) => ({
        kind: 'wallet.low' as const,
        actorId: null,
        userId: id,
        data: { amountMicros: free.toString(), belowMicros: below.toString() },
      })),
      now,
    );
    return low.length;
  });
}
