import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { admitTopUp } from './admit-top-up.ts';
import { CURRENCY } from './payment.ts';
import { theProvider } from './queries/top-ups.ts';
import { taxesOn, taxTotal } from './tax.ts';
import type { TopUpInput } from './top-up-wallet.ts';

/**
 * Writes down that somebody wants to add money by card. Nothing moves yet: an errand asks the provider, under a key of this row. The same key
 * of a user begins one payment. Refuses with `badInput` (`amountMicros`), `currencyNotTaken`, `conflict`, `suspended`, `tooManyAttempts`, or `unavailable` where no
 * such provider is set up.
 */
export async function beginTopUp(
  actor: Actor,
  input: TopUpInput & { readonly currency?: string | undefined },
  world: World = theWorld,
): Promise<{ readonly topUpId: string; readonly created: boolean }> {
  requireActive(actor);
  if (theProvider()?.name !== 'stripe') throw new Refusal('unavailable');
  if ((input.currency ?? CURRENCY).toLowerCase() !== CURRENCY) throw new Refusal('currencyNotTaken');
  return inTransaction('begin-top-up', (tx) => begin(tx, actor, input, world.now()));
}

async function begin(tx: Tx, actor: Actor, input: TopUpInput, now: Date) {
  const earlier = await admitTopUp(tx, actor.userId, input, now);
  if (earlier !== null) return { topUpId: earlier, created: false };
  const topUpId = newId('topUp', now);
  const { amountMicros, idempotencyKey } = input;
  await tx.topUp.create({
    data: {
      id: topUpId,
      userId: actor.userId,
      amountMicros,
      taxMicros: taxTotal(taxesOn({ userId: actor.userId, amountMicros })),
      provider: 'stripe',
      state: 'asked',
      idempotencyKey,
      createdAt: now,
      nextTryAt: now,
    },
  });
  return { topUpId, created: true };
}
