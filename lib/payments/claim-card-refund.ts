import type { Micros } from '#lib/base/money.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { nextTry } from './retry.ts';

export type ClaimedCardRefund = {
  readonly id: string;
  readonly amountMicros: Micros;
  readonly paymentIntentId: string;
  readonly refundId: string | null;
  readonly round: number;
  /** How often somebody began to ask, this time included. */
  readonly attempts: number;
};

/** Takes a refund up to go on with it, and books the next look before anything is asked. Null for one that is over. */
export async function claimCardRefund(id: string, world: World = theWorld): Promise<ClaimedCardRefund | null> {
  const now = world.now();
  return inTransaction('claim-card-refund', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM card_refunds WHERE id = ${id} FOR NO KEY UPDATE`;
    const row = await tx.cardRefund.findUnique({
      where: { id },
      include: { topUp: { select: { paymentIntentId: true } } },
    });
    if (row === null || row.nextTryAt === null) return null;
    const { paymentIntentId } = row.topUp;
    if (paymentIntentId === null) throw new Error(`refund ${id} is of a payment that the provider never made`);
    const attempts = row.attempts + 1;
    await tx.cardRefund.update({ where: { id }, data: { attempts, nextTryAt: nextTry(attempts, now) } });
    return { id, amountMicros: row.amountMicros, paymentIntentId, refundId: row.refundId, round: row.round, attempts };
  });
}
