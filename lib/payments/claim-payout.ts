import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { PayoutState } from './payout-state.ts';
import { moneyKindProblem } from './queries/money-kind.ts';
import { nextTry } from './retry.ts';

export type ClaimedPayout = {
  readonly id: string;
  readonly state: PayoutState;
  readonly provider: string;
  readonly amountMicros: bigint;
  /** What of it came back, as far as we know. */
  readonly returnedMicros: bigint;
  readonly accountId: string;
  readonly transferId: string | null;
  readonly bankPayoutId: string | null;
  /** This one included: from the second on, an earlier one may have succeeded without our knowing. */
  readonly attempts: number;
  readonly refusals: number;
};

/**
 * Takes the payout that waits longest for its next step, for this worker alone, and books its next try before the provider
 * is asked: a worker that dies in the middle costs one wait. Null when nothing is due.
 */
export async function claimPayout(world: World = theWorld): Promise<ClaimedPayout | null> {
  const now = world.now();
  return inTransaction('claim payout', async (tx) => {
    const [due] = await tx.$queryRaw<{ id: string; attempts: number }[]>`
      SELECT id, attempts FROM payouts WHERE next_try_at <= ${now}
      ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (due === undefined) return null;
    // What was asked for in play money waits for ever rather than go out by real keys.
    if ((await moneyKindProblem(tx)) !== null) return null;
    const row = await tx.payout.update({
      where: { id: due.id },
      data: { attempts: due.attempts + 1, nextTryAt: nextTry(due.attempts + 1, now) },
    });
    const { id, provider, amountMicros, returnedMicros, transferId, bankPayoutId, attempts, refusals } = row;
    const accountId = row.providerAccountId ?? '';
    const state = row.state as PayoutState;
    return {
      id,
      state,
      provider,
      amountMicros,
      returnedMicros,
      accountId,
      transferId,
      bankPayoutId,
      attempts,
      refusals,
    };
  });
}
