import { theWorld, type World } from '#lib/base/time.ts';
import { log } from '#lib/io/log.ts';
import { type ClaimedPayout, claimPayout } from './claim-payout.ts';
import { type PayoutRail, ProviderRefusal } from './payout-rail.ts';
import type { PayoutNews } from './payout-state.ts';
import { railOf } from './queries/rails.ts';
import { recordPayout, recordPayoutTrouble } from './record-payout.ts';

const MOST_AT_ONCE = 200;

type Rails = (provider: string) => PayoutRail;

/**
 * Sweep: takes payouts one step on, each step claimed, asked for and recorded by itself: to the host's account at the
 * provider, from there to the bank, or back to us when the bank refused. A step that a crash or a lost answer cut off is
 * done again under the same key, after a look for what it may have done already. Answers how many steps went on.
 */
export async function carryPayouts(world: World = theWorld, rails: Rails = railOf): Promise<number> {
  let carried = 0;
  for (let count = 0; count < MOST_AT_ONCE; count += 1) {
    const payout = await claimPayout(world);
    if (payout === null) break;
    if (await carry(payout, rails, world)) carried += 1;
  }
  return carried;
}

async function carry(payout: ClaimedPayout, rails: Rails, world: World): Promise<boolean> {
  try {
    await recordPayout(payout.id, await step(payout, rails(payout.provider)), world);
    return true;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    log.warn({ payout: payout.id, state: payout.state, error: said }, 'a step of a payout did not succeed; it waits');
    const refused = error instanceof ProviderRefusal;
    const final = refused && error.final ? lastWord(payout, error) : null;
    if (final === null) await recordPayoutTrouble(payout.id, said, refused);
    else await recordPayout(payout.id, final, world);
    return false;
  }
}

async function step(payout: ClaimedPayout, rail: PayoutRail): Promise<PayoutNews> {
  const { id: payoutId, amountMicros, accountId, transferId, bankPayoutId, refusals, attempts } = payout;
  const call = (what: string) => ({ payoutId, amountMicros, accountId, key: `payout:${payoutId}:${what}:${refusals}` });
  const again = attempts > 1;
  if (transferId === null) {
    const made = again ? await looked(rail.findTransfer(payoutId)) : null;
    const seen = made ?? (await rail.transfer(call('transfer')));
    if (seen.amountMicros !== amountMicros) throw new Error(`transfer ${seen.transferId} has another amount`);
    return { transferId: seen.transferId, returnedMicros: seen.returnedMicros };
  }
  if (payout.state === 'returning') {
    const seen = again ? await looked(rail.transferById(transferId)) : null;
    if (seen?.returnedMicros === amountMicros) return { returnedMicros: amountMicros };
    return { returnedMicros: (await rail.fetchBack({ ...call('back'), transferId })).returnedMicros };
  }
  if (bankPayoutId !== null) return rail.bankPayoutById(accountId, bankPayoutId);
  const made = again ? await looked(rail.findBankPayout(call('bank'))) : null;
  if (made !== null) return made;
  // What somebody fetched back meanwhile is not there any more, and the bank is never paid the whole.
  const { returnedMicros } = again ? await looked(rail.transferById(transferId)) : payout;
  if (returnedMicros > payout.returnedMicros) return { returnedMicros };
  const bank = call(returnedMicros === 0n ? 'bank' : `bank:${returnedMicros}`);
  return rail.payToBank({ ...bank, amountMicros: amountMicros - returnedMicros });
}

/** A refused look says nothing about what it was to find: an earlier try may have moved the money. */
async function looked<Seen>(look: Promise<Seen>): Promise<Seen> {
  try {
    return await look;
  } catch (error) {
    throw error instanceof ProviderRefusal ? new Error(error.message) : error;
  }
}

/** What a final refusal of a step means: nothing left, or the bank is not to be reached. Null: try again all the same. */
function lastWord(payout: ClaimedPayout, refusal: ProviderRefusal): PayoutNews | null {
  if (payout.transferId === null) return { refused: true, failure: refusal.message };
  if (payout.state === 'sent' && payout.bankPayoutId === null) return { bank: 'failed', failure: refusal.message };
  return null;
}
