import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { addSeconds, DAY, SECOND } from '#lib/base/time.ts';
import type { Tx } from '#lib/io/db.ts';
import { hostPayable, hostReserve } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';
import { type HostMoney, type PayoutTerms, payableNow } from './payout.ts';
import { askedDraft } from './payout-state.ts';
import { requireMoneyKind } from './require-money-kind.ts';

export type PayoutDraft = {
  readonly hostId: string;
  readonly amountMicros: Micros;
  readonly occasion: 'weekly' | 'demand';
  readonly provider: string;
  readonly providerAccountId: string | null;
  readonly idempotencyKey: string;
};

/**
 * Step: sets the money of a payout aside, keeps back what the terms keep back, and leaves the rest to the errand that asks
 * the provider. The host's money must be locked and the amount checked. Answers the payout's id.
 */
export async function beginPayout(
  tx: Tx,
  draft: PayoutDraft,
  money: HostMoney,
  terms: PayoutTerms,
  now: Date,
): Promise<string> {
  await requireMoneyKind(tx, now);
  const id = newId('payout', now);
  const { hostId, amountMicros } = draft;
  await tx.payout.create({ data: { id, ...draft, state: 'asked', nextTryAt: now, createdAt: now } });
  const kept = await keepBack(tx, hostId, money, terms, now);
  await postTransfers(tx, [...kept, askedDraft({ id, hostId }, amountMicros)], now);
  return id;
}

async function keepBack(
  tx: Tx,
  hostId: string,
  money: HostMoney,
  terms: PayoutTerms,
  now: Date,
): Promise<TransferDraft[]> {
  const { keptBackMicros } = payableNow(money, terms, now);
  if (keptBackMicros === 0n) return [];
  const id = newId('hostReserve', now);
  await tx.hostReserve.create({
    data: {
      id,
      hostId,
      amountMicros: keptBackMicros,
      earnedMicros: money.earnedMicros,
      heldAt: now,
      releaseAt: addSeconds(now, (terms.reserveDays * DAY) / SECOND),
    },
  });
  return [
    {
      from: hostPayable(hostId),
      to: hostReserve(hostId),
      amountMicros: keptBackMicros,
      kind: 'reserve',
      causeId: id,
      key: `reserve:${id}:held`,
    },
  ];
}
