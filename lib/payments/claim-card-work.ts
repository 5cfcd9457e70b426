import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { nextTry } from './retry.ts';

export type ClaimedSetup = {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly state: string;
  readonly round: number;
  readonly sessionId: string | null;
  readonly checkoutUrl: string | null;
};

/** Takes a wish to save a card up, and books the next look. Null for one that is over. */
export async function claimSetup(id: string, world: World = theWorld): Promise<ClaimedSetup | null> {
  return inTransaction('claim-setup', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM card_setups WHERE id = ${id} FOR NO KEY UPDATE`;
    const row = await tx.cardSetup.findUnique({ where: { id }, include: { user: { select: { email: true } } } });
    if (row === null || row.nextTryAt === null) return null;
    const attempts = row.attempts + 1;
    await tx.cardSetup.update({ where: { id }, data: { attempts, nextTryAt: nextTry(attempts, world.now()) } });
    const { userId, state, round, sessionId, checkoutUrl } = row;
    return { id, userId, email: row.user.email, state, round, sessionId, checkoutUrl };
  });
}

/** Takes the removal of a card up, and books the next look. Null when the provider knows of it already. */
export async function claimRemoval(id: string, world: World = theWorld): Promise<string | null> {
  return inTransaction('claim-removal', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM saved_cards WHERE id = ${id} FOR NO KEY UPDATE`;
    const row = await tx.savedCard.findUnique({ where: { id } });
    if (row === null || row.nextTryAt === null || row.removedAt === null) return null;
    const attempts = row.attempts + 1;
    await tx.savedCard.update({ where: { id }, data: { attempts, nextTryAt: nextTry(attempts, world.now()) } });
    return row.paymentMethodId;
  });
}
