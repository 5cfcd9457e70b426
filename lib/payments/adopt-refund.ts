import { newId } from '#lib/base/id.ts';
import { minMicros } from '#lib/base/money.ts';
import type { Tx } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { IN_TRANSIT, PROMOTIONS, renterWallet } from '#lib/ledger/account.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';
import type { CardRefundFacts } from './card-refund.ts';

/**
 * Step: gives a row to a refund that somebody made at the provider by hand, of a payment of this market, and sets its money
 * aside: from the wallet as far as its free money goes, the rest from the market, which gave it. Answers the row's id; null
 * when the payment is not one of ours that was credited, or when nothing moved.
 */
export async function adoptRefund(tx: Tx, facts: CardRefundFacts, now: Date): Promise<string | null> {
  const { refundId, paymentIntentId, chargeId, amountMicros } = facts;
  const known = await tx.cardRefund.findUnique({ where: { refundId }, select: { id: true } });
  if (known !== null) return known.id;
  const named = [
    ...(paymentIntentId === null ? [] : [{ paymentIntentId }]),
    ...(chargeId === null ? [] : [{ chargeId }]),
  ];
  const payment = await tx.topUp.findFirst({
    where: { provider: 'stripe', state: 'settled', OR: named },
    select: { id: true, userId: true, amountMicros: true },
  });
  if (payment === null || facts.status === 'failed') return null;
  const { userId, id: topUpId } = payment;
  const { freeMicros } = await lockWallet(tx, userId, now);
  // Somebody else may have given it a row while we waited for the wallet.
  const meanwhile = await tx.cardRefund.findUnique({ where: { refundId }, select: { id: true } });
  if (meanwhile !== null) return meanwhile.id;
  const back = await tx.cardRefund.aggregate({
    where: { topUpId, state: { not: 'failed' } },
    _sum: { amountMicros: true },
  });
  if ((back._sum.amountMicros ?? 0n) + amountMicros > payment.amountMicros) {
    log.error({ topUp: topUpId, refund: refundId }, 'more went back than was credited: look at it at the provider');
    return null;
  }
  const id = newId('cardRefund', now);
  const fromWallet = minMicros(freeMicros, amountMicros);
  const givenMicros = amountMicros - fromWallet;
  await tx.cardRefund.create({
    data: {
      id,
      userId,
      topUpId,
      amountMicros,
      givenMicros,
      state: 'asked',
      idempotencyKey: `provider:${refundId}`,
      refundId,
      createdAt: now,
    },
  });
  const draft = { to: IN_TRANSIT, causeId: id } as const;
  const drafts: TransferDraft[] = [
    { ...draft, from: renterWallet(userId), amountMicros: fromWallet, kind: 'cardRefund', key: `cardRefund:${id}` },
    { ...draft, from: PROMOTIONS, amountMicros: givenMicros, kind: 'cardRefundGiven', key: `cardRefund:${id}:given` },
  ];
  await postTransfers(
    tx,
    drafts.filter((one) => one.amountMicros > 0n),
    now,
  );
  return id;
}
