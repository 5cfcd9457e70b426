import type { Micros } from '#lib/base/money.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { moneyKindProblem } from './queries/money-kind.ts';
import { nextTry } from './retry.ts';
import type { TopUpState } from './top-up.ts';

export type ClaimedTopUp = {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly state: TopUpState;
  readonly amountMicros: Micros;
  readonly round: number;
  readonly sessionId: string | null;
  readonly paymentIntentId: string | null;
  /** Of an automatic one: what it is taken from. */
  readonly card: {
    readonly paymentMethodId: string;
    readonly customerId: string;
    /** False once its owner took the card away or switched automatic payments off. */
    readonly wanted: boolean;
  } | null;
  /** How often somebody began to ask, this time included. */
  readonly attempts: number;
  readonly createdAt: Date;
};

/** Takes a payment up to go on with it, and books the next look before anything is asked. Null for one that is over, of the sandbox, or of play money where real keys are set. */
export async function claimTopUp(id: string, world: World = theWorld): Promise<ClaimedTopUp | null> {
  const now = world.now();
  return inTransaction('claim-top-up', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM top_ups WHERE id = ${id} FOR NO KEY UPDATE`;
    const row = await tx.topUp.findUnique({
      where: { id },
      include: {
        user: { select: { email: true, customer: true, automaticTopUp: { select: { userId: true } } } },
        card: { select: { paymentMethodId: true, removedAt: true } },
      },
    });
    if (row === null || row.nextTryAt === null || (await moneyKindProblem(tx)) !== null) return null;
    const attempts = row.attempts + 1;
    await tx.topUp.update({ where: { id }, data: { attempts, nextTryAt: nextTry(attempts, now) } });
    const { userId, amountMicros, round, sessionId, paymentIntentId, createdAt } = row;
    const customerId = row.user.customer?.customerId;
    const card =
      row.card === null || customerId === undefined
        ? null
        : {
            paymentMethodId: row.card.paymentMethodId,
            customerId,
            wanted: row.card.removedAt === null && row.user.automaticTopUp !== null,
          };
    const state = row.state as TopUpState;
    return {
      id,
      userId,
      email: row.user.email,
      state,
      amountMicros,
      round,
      sessionId,
      paymentIntentId,
      card,
      attempts,
      createdAt,
    };
  });
}
