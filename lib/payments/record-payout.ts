import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { applyPayoutNews } from './apply-payout-news.ts';
import type { PayoutNews, PayoutState } from './payout-state.ts';

/**
 * Records what was learned about a payout, from an answer of the provider, from a webhook or by looking: facts, books, event
 * and what is to be done next, together. Any order, any number of times: the end is the same. Answers the payout's state.
 * Throws when the news cannot be about this payout.
 */
export async function recordPayout(payoutId: string, news: PayoutNews, world: World = theWorld): Promise<PayoutState> {
  return inTransaction('record payout', (tx) => applyPayoutNews(tx, payoutId, news, world.now()));
}

/** Notes why a step did not succeed, for the next try. `refused`: the provider said no and the step's key is used up. */
export async function recordPayoutTrouble(payoutId: string, said: string, refused: boolean): Promise<void> {
  await inTransaction('record payout trouble', (tx) =>
    tx.payout.update({
      where: { id: payoutId },
      data: { lastError: said.slice(0, 500), ...(refused ? { refusals: { increment: 1 } } : {}) },
    }),
  );
}
