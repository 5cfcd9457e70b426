import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { creditDraft } from '#lib/ledger/transfer.ts';
import { theProvider } from './queries.ts';
import { topUpProblem } from './top-up.ts';

export type TopUpInput = {
  readonly amountMicros: Micros;
  /** Chosen by the asker: the same key pays once. */
  readonly idempotencyKey: string;
};

/**
 * Adds money to a wallet through the sandbox provider, at once. The same key of a user pays once; with another amount it is
 * refused. Refuses with `badInput` (`amountMicros`), `conflict`, `suspended`, or `unavailable` where no provider is set up.
 */
export async function topUpWallet(
  actor: Actor,
  input: TopUpInput,
  world: World = theWorld,
): Promise<{ readonly topUpId: string; readonly created: boolean }> {
  requireActive(actor);
  const provider = theProvider();
  if (provider === null)
    throw new Refusal('unavailable', {}, 'This market takes no payments yet. Contact its operators.');
  if (!/^[\x21-\x7e]{8,200}$/.test(input.idempotencyKey))
    throw new Refusal('badInput', { idempotencyKey: 'An idempotency key has 8 to 200 printable characters.' });
  return inTransaction('top up wallet', (tx) => topUp(tx, actor, input, provider.name, world.now()));
}

async function topUp(tx: Tx, actor: Actor, input: TopUpInput, provider: string, now: Date) {
  // The wallet's lock is also the lock on its owner's payments: two with one key, or at the limit, wait for each other.
  await lockWallet(tx, actor.userId, now);
  const { amountMicros, idempotencyKey } = input;
  const earlier = await tx.topUp.findUnique({
    where: { userId_idempotencyKey: { userId: actor.userId, idempotencyKey } },
    select: { id: true, amountMicros: true },
  });
  if (earlier !== null) {
    if (earlier.amountMicros !== amountMicros)
      throw new Refusal('conflict', {}, 'This payment was already made with another amount. Nothing was added.');
    return { topUpId: earlier.id, created: false };
  }
  const today = await tx.topUp.aggregate({
    where: { userId: actor.userId, createdAt: { gt: new Date(now.getTime() - DAY) } },
    _sum: { amountMicros: true },
  });
  const problem = topUpProblem(amountMicros, today._sum.amountMicros ?? 0n);
  if (problem !== null) throw new Refusal('badInput', { amountMicros: problem });
  const topUpId = newId('topUp', now);
  await tx.topUp.create({
    data: {
      id: topUpId,
      userId: actor.userId,
      amountMicros,
      provider,
      state: 'settled',
      idempotencyKey,
      createdAt: now,
      settledAt: now,
    },
  });
  const credit = creditDraft({
    userId: actor.userId,
    amountMicros,
    source: 'provider',
    causeId: topUpId,
    key: `topUp:${topUpId}`,
  });
  await postTransfers(tx, [credit], now);
  const data = { topUpId, provider, amountMicros: amountMicros.toString() };
  await recordEvent(tx, actor, { kind: 'wallet.toppedUp', userId: actor.userId, data }, now);
  return { topUpId, created: true };
}
