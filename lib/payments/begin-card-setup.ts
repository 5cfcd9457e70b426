import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { requireIdempotencyKey } from '#lib/base/idempotency-key.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { theProvider } from './queries/top-ups.ts';
import { MOST_CARDS } from './saved-card.ts';

/**
 * Writes down that somebody wants to save a card; an errand asks the provider for the page on which they do. The same key of a user begins one wish.
 * Refuses with `suspended`, `badInput`, `tooManyAttempts`, or `unavailable` without a provider that keeps cards.
 */
export async function beginCardSetup(actor: Actor, idempotencyKey: string, world: World = theWorld): Promise<string> {
  requireActive(actor);
  if (theProvider()?.name !== 'stripe') throw new Refusal('unavailable', {}, 'This market keeps no cards.');
  requireIdempotencyKey(idempotencyKey);
  const now = world.now();
  const { userId } = actor;
  return inTransaction('begin-card-setup', async (tx) => {
    await lockWallet(tx, userId, now);
    const earlier = await tx.cardSetup.findUnique({ where: { userId_idempotencyKey: { userId, idempotencyKey } } });
    if (earlier !== null) return earlier.id;
    const cards = await tx.savedCard.count({ where: { userId, removedAt: null } });
    const open = await tx.cardSetup.count({ where: { userId, state: { in: ['asked', 'open'] } } });
    if (cards >= MOST_CARDS || open >= MOST_CARDS)
      throw new Refusal(
        'tooManyAttempts',
        {},
        `You can keep ${MOST_CARDS} cards. Remove one, or wait until what you began expires.`,
      );
    const id = newId('cardSetup', now);
    await tx.cardSetup.create({ data: { id, userId, idempotencyKey, state: 'asked', createdAt: now, nextTryAt: now } });
    return id;
  });
}
