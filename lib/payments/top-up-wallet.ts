import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { creditDraft } from '#lib/ledger/transfer.ts';
import { admitTopUp } from './admit-top-up.ts';
import { theProvider } from './queries/top-ups.ts';

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
  if (provider?.name !== 'sandbox')
    throw new Refusal('unavailable', {}, 'This market takes no payments in a sandbox. Contact its operators.');
  return inTransaction('top up wallet', (tx) => topUp(tx, actor, input, provider.name, world.now()));
}

async function topUp(tx: Tx, actor: Actor, input: TopUpInput, provider: string, now: Date) {
  const earlier = await admitTopUp(tx, actor.userId, input, now);
  if (earlier !== null) return { topUpId: earlier, created: false };
  const { amountMicros, idempotencyKey } = input;
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
