import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import type { EventKind } from '#lib/events/event.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import {
  type BankState,
  learn,
  type PayoutFacts,
  type PayoutNews,
  type PayoutState,
  payoutDrafts,
  payoutState,
} from './payout-state.ts';

/** How long after it was sent we look ourselves whether a payout has arrived, should no webhook have said so. */
const LOOK_AGAIN_SECONDS = 6 * 3_600;

/** Step: writes what was learned about a payout: facts, books, event and what is to be done next, together. Answers its state. Throws when the news cannot be about it. */
export async function applyPayoutNews(tx: Tx, id: string, news: PayoutNews, now: Date): Promise<PayoutState> {
  await tx.$queryRaw`SELECT id FROM payouts WHERE id = ${id} FOR UPDATE`;
  const row = await tx.payout.findUniqueOrThrow({ where: { id } });
  const before: PayoutFacts = { ...row, bank: row.bank as BankState };
  const after = learn(before, news);
  const { amountMicros: _, ...facts } = after;
  const state = payoutState(after);
  const changed = state !== row.state;
  if (!changed && JSON.stringify(text(before)) === JSON.stringify(text(after))) return state;
  await postTransfers(tx, payoutDrafts({ id, hostId: row.hostId }, before, after), now);
  const left = before.transferId === null && after.transferId !== null;
  await tx.payout.update({
    where: { id },
    data: {
      ...facts,
      state,
      lastError: null,
      nextTryAt: nextLook(state, after, now),
      // What comes next has not been tried yet.
      ...(changed ? { attempts: 0 } : {}),
      ...(left ? { sentAt: now } : {}),
      ...(changed && state === 'arrived' ? { arrivedAt: now } : {}),
      ...(changed && (state === 'failed' || state === 'returned') ? { endedAt: now } : {}),
    },
  });
  if (changed) await tell(tx, row, state, after, now);
  return state;
}

function nextLook(state: PayoutState, facts: PayoutFacts, now: Date): Date | null {
  if (state === 'asked' || state === 'returning') return now;
  if (state !== 'sent') return null;
  return facts.bankPayoutId === null ? now : addSeconds(now, LOOK_AGAIN_SECONDS);
}

const EVENTS = {
  asked: 'payout.asked',
  sent: 'payout.sent',
  arrived: 'payout.arrived',
  failed: 'payout.failed',
  returning: 'payout.returning',
  returned: 'payout.returned',
} as const satisfies Record<PayoutState, EventKind>;

async function tell(
  tx: Tx,
  payout: { readonly id: string; readonly hostId: string; readonly provider: string },
  state: PayoutState,
  facts: PayoutFacts,
  now: Date,
): Promise<void> {
  const data = {
    payoutId: payout.id,
    provider: payout.provider,
    amountMicros: facts.amountMicros.toString(),
    failure: facts.failure,
  };
  await recordEvent(tx, THE_MARKET, { kind: EVENTS[state], userId: payout.hostId, data }, now);
}

function text({ refused, transferId, returnedMicros, bankPayoutId, bank, failure }: PayoutFacts) {
  return [refused, transferId, returnedMicros.toString(), bankPayoutId, bank, failure];
}
