import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { pauseAutomatic } from './pause-automatic.ts';

async function cardOf(tx: Tx, actor: Actor, id: string, now: Date) {
  await lockWallet(tx, actor.userId, now);
  const card = await tx.savedCard.findFirst({ where: { id, userId: actor.userId, removedAt: null } });
  if (card === null) throw new Refusal('notFound', {}, 'There is no such card of yours.');
  return card;
}

/** Takes a card away: the newest other one becomes the default. An errand tells the provider. Refuses with `notFound`. */
export async function removeCard(actor: Actor, id: string, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { userId } = actor;
  await inTransaction('remove-card', async (tx) => {
    const card = await cardOf(tx, actor, id, now);
    await tx.savedCard.update({ where: { id }, data: { removedAt: now, isDefault: false, nextTryAt: now } });
    const next = await tx.savedCard.findFirst({ where: { userId, removedAt: null }, orderBy: { id: 'desc' } });
    if (card.isDefault && next !== null)
      await tx.savedCard.update({ where: { id: next.id }, data: { isDefault: true } });
    if (next === null) await pauseAutomatic(tx, userId, 'noCard', now);
    await recordEvent(tx, actor, { kind: 'wallet.cardRemoved', userId, data: { cardId: id, last4: card.last4 } }, now);
  });
}

/** Makes a card the one that automatic payments are taken from. Refuses with `notFound`. */
export async function chooseCard(actor: Actor, id: string, world: World = theWorld): Promise<void> {
  await inTransaction('choose-card', async (tx) => {
    await cardOf(tx, actor, id, world.now());
    await tx.savedCard.updateMany({ where: { userId: actor.userId, isDefault: true }, data: { isDefault: false } });
    await tx.savedCard.update({ where: { id }, data: { isDefault: true } });
    await tellListeners(tx, { user: actor.userId });
  });
}
