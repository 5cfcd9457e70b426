import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { holdPayout, releaseHolds } from './hold-payouts.ts';
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
    await releaseHolds(tx, now);
    const due = await nextDue(tx, now);
    if (due === null) return null;
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

type Due = { readonly id: string; readonly attempts: number };

/** The next one that need not wait for a person: those that must are held on the way. */
async function nextDue(tx: Tx, now: Date): Promise<Due | null> {
  for (;;) {
    const [due] = await tx.$queryRaw<(Due & { host_id: string; amount_micros: bigint; new: boolean })[]>`
      SELECT p.id, p.attempts, p.host_id, p.amount_micros, p.state = 'asked' AND h.id IS NULL AS new
      FROM payouts p LEFT JOIN payout_holds h ON h.id = p.id
      WHERE p.next_try_at <= ${now} AND h.state IS DISTINCT FROM 'held'
      ORDER BY p.next_try_at, p.id LIMIT 1 FOR UPDATE OF p SKIP LOCKED`;
    if (due === undefined) return null;
    const payout = {
      id: due.id,
      hostId: due.host_id,
      amountMicros: due.amount_micros,
      tried: !due.new || due.attempts > 0,
    };
    if (!(await holdPayout(tx, payout, now))) return due;
  }
}
