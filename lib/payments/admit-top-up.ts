import { requireIdempotencyKey } from '#lib/base/idempotency-key.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { DAY } from '#lib/base/time.ts';
import type { Tx } from '#lib/io/db.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { requireMoneyKind } from './require-money-kind.ts';
import { MOST_OPEN, topUpProblem } from './top-up.ts';
import type { TopUpInput } from './top-up-wallet.ts';

/**
 * Step: whether a payment may begin. Answers the id of the one that this key began before, or null for a new one. Two with one key, or at a limit,
 * wait for each other: the wallet's lock is also the lock on its owner's payments.
 */
export async function admitTopUp(tx: Tx, userId: string, input: TopUpInput, now: Date): Promise<string | null> {
  const { amountMicros, idempotencyKey } = input;
  requireIdempotencyKey(idempotencyKey);
  await requireMoneyKind(tx, now);
  await lockWallet(tx, userId, now);
  const earlier = await tx.topUp.findUnique({
    where: { userId_idempotencyKey: { userId, idempotencyKey } },
    select: { id: true, amountMicros: true },
  });
  if (earlier !== null) {
    if (earlier.amountMicros !== amountMicros)
      throw new Refusal('conflict', {}, 'This payment was already made with another amount. Nothing was added.');
    return earlier.id;
  }
  const today = await tx.topUp.aggregate({
    where: { userId, state: { not: 'failed' }, createdAt: { gt: new Date(now.getTime() - DAY) } },
    _sum: { amountMicros: true },
  });
  const problem = topUpProblem(amountMicros, today._sum.amountMicros ?? 0n);
  if (problem !== null) throw new Refusal('badInput', { amountMicros: problem });
  const open = await tx.topUp.count({ where: { userId, state: { in: ['asked', 'open'] } } });
  if (open >= MOST_OPEN)
    throw new Refusal(
      'tooManyAttempts',
      {},
      'Too many of your payments are still open. Finish them, or wait until they expire.',
    );
  return null;
}
