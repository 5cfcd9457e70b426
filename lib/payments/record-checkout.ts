import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { ClaimedTopUp } from './claim-top-up.ts';
import { failTopUp } from './fail-top-up.ts';
import type { ProviderFailure, SessionFacts } from './payment.ts';
import { nextTry } from './retry.ts';
import { ASKED_SECONDS } from './top-up.ts';

/**
 * Notes what the provider made of a wish to pay: the page where it can be paid, or why there is none. One that it cannot be asked for is tried again
 * for an hour. Answers the address of the page, if there is one now.
 */
export async function recordCheckout(
  topUp: Pick<ClaimedTopUp, 'id' | 'round'>,
  answer: SessionFacts | ProviderFailure,
  world: World = theWorld,
): Promise<string | null> {
  const now = world.now();
  return inTransaction('record-checkout', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM top_ups WHERE id = ${topUp.id} FOR NO KEY UPDATE`;
    const row = await tx.topUp.findUniqueOrThrow({ where: { id: topUp.id } });
    if (row.state !== 'asked') return row.state === 'open' ? row.checkoutUrl : null;
    if ('kind' in answer) {
      const late = now >= addSeconds(row.createdAt, ASKED_SECONDS);
      if (answer.kind === 'refused' || late)
        await failTopUp(tx, row, answer.kind === 'refused' ? 'refused' : 'unreachable', now);
      // A page that nobody was sent to charges nobody: it may be asked for anew.
      else if (answer.kind === 'broken')
        await tx.topUp.update({ where: { id: row.id }, data: { round: topUp.round + 1 } });
      return null;
    }
    await tx.topUp.update({
      where: { id: row.id },
      data: { state: 'open', sessionId: answer.id, checkoutUrl: answer.url, attempts: 0, nextTryAt: nextTry(1, now) },
    });
    await tellListeners(tx, { user: row.userId });
    return answer.url;
  });
}
