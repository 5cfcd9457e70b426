import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import type { ClaimedSetup } from './claim-card-work.ts';
import type { ProviderFailure, SessionFacts } from './payment.ts';
import { nextTry } from './retry.ts';
import type { SavedCardFacts } from './saved-card.ts';
import { ASKED_SECONDS } from './top-up.ts';

/** Keeps the provider's id of a renter; who was first wins. Answers the one that counts. */
export async function recordCustomer(userId: string, customerId: string, world: World = theWorld): Promise<string> {
  return inTransaction('record-customer', async (tx) => {
    await tx.paymentCustomer.createMany({
      data: [{ userId, customerId, createdAt: world.now() }],
      skipDuplicates: true,
    });
    return (await tx.paymentCustomer.findUniqueOrThrow({ where: { userId } })).customerId;
  });
}

/** Notes the page on which a card is saved, or why there is none. Answers its address. */
export async function recordSetup(
  setup: ClaimedSetup,
  answer: SessionFacts | ProviderFailure,
  world: World = theWorld,
): Promise<string | null> {
  const now = world.now();
  return inTransaction('record-setup', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM card_setups WHERE id = ${setup.id} FOR NO KEY UPDATE`;
    const row = await tx.cardSetup.findUniqueOrThrow({ where: { id: setup.id } });
    if (row.state !== 'asked') return row.state === 'open' ? row.checkoutUrl : null;
    if ('kind' in answer) {
      const isOver = answer.kind === 'refused' || now >= addSeconds(row.createdAt, ASKED_SECONDS);
      if (isOver) await tx.cardSetup.update({ where: { id: row.id }, data: { state: 'failed', nextTryAt: null } });
      else if (answer.kind === 'broken')
        await tx.cardSetup.update({ where: { id: row.id }, data: { round: setup.round + 1 } });
      return null;
    }
    await tx.cardSetup.update({
      where: { id: row.id },
      data: { state: 'open', sessionId: answer.id, checkoutUrl: answer.url, attempts: 0, nextTryAt: nextTry(1, now) },
    });
    return answer.url;
  });
}

/** Closes a wish to save a card that nobody fulfilled in time. */
export async function closeSetup(id: string): Promise<void> {
  await inTransaction('close-setup', (tx) =>
    tx.cardSetup.updateMany({
      where: { id, state: { in: ['asked', 'open'] } },
      data: { state: 'failed', nextTryAt: null },
    }),
  );
}

/** Keeps a card that was saved at the provider; the first one of a renter is the default. Twice is once. Answers whether it is of this market. */
export async function recordCard(facts: SavedCardFacts, world: World = theWorld): Promise<boolean> {
  const now = world.now();
  return inTransaction('record-card', async (tx) => {
    const setup = await tx.cardSetup.findUnique({ where: { id: facts.setupId } });
    if (setup === null) return false;
    const { userId } = setup;
    await lockWallet(tx, userId, now);
    await tx.cardSetup.update({ where: { id: setup.id }, data: { state: 'saved', nextTryAt: null } });
    const known = await tx.savedCard.findUnique({ where: { paymentMethodId: facts.paymentMethodId } });
    if (known !== null) return true;
    const others = await tx.savedCard.count({ where: { userId, removedAt: null } });
    const { setupId: _, ...card } = facts;
    const id = newId('savedCard', now);
    await tx.savedCard.create({ data: { id, userId, ...card, isDefault: others === 0, createdAt: now } });
    const data = { cardId: id, last4: card.last4 };
    await recordEvent(tx, THE_MARKET, { kind: 'wallet.cardSaved', userId, data }, now);
    return true;
  });
}

/** The provider knows that a card was removed. */
export async function recordRemoval(id: string): Promise<void> {
  await inTransaction('record-removal', async (tx) => {
    const { userId } = await tx.savedCard.update({ where: { id }, data: { nextTryAt: null } });
    await tellListeners(tx, { user: userId });
  });
}
