import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { PROCESSING_COSTS, PROVIDER_CLEARING, TAXES } from '#lib/ledger/account.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { creditDraft, type TransferDraft } from '#lib/ledger/transfer.ts';
import { coverChargebacks } from './cover-chargebacks.ts';
import { CURRENCY, type PaymentFacts } from './payment.ts';
import { nextTry } from './retry.ts';

/** `notOurs`: no payment of this market. `waiting`: not paid (yet). */
export type Settlement = 'settled' | 'waiting' | 'review' | 'notOurs';

/**
 * Makes the books fit a payment as the provider tells it now: credits the wallet once, books tax and the provider's fee once, whenever and however
 * often it is asked. An amount or currency that was not asked for is credited to nobody: it waits for a person.
 */
export async function settleTopUp(facts: PaymentFacts, world: World = theWorld): Promise<Settlement> {
  const { topUpId } = facts;
  if (topUpId === null) return 'notOurs';
  return inTransaction('settle-top-up', (tx) => settle(tx, topUpId, facts, world.now()));
}

async function settle(tx: Tx, id: string, facts: PaymentFacts, now: Date): Promise<Settlement> {
  const known = await tx.topUp.findFirst({
    where: { id, provider: 'stripe' },
    select: { userId: true, state: true, chargeId: true, feeMicros: true },
  });
  if (known === null) return 'notOurs';
  if (facts.status !== 'paid' || facts.charge === null) return 'waiting';
  const { id: chargeId, feeMicros } = facts.charge;
  if (known.state === 'settled' && known.chargeId === chargeId && known.feeMicros === feeMicros) return 'settled';
  await lockWallet(tx, known.userId, now);
  await tx.$queryRaw`SELECT 1 FROM top_ups WHERE id = ${id} FOR NO KEY UPDATE`;
  const row = await tx.topUp.findUniqueOrThrow({ where: { id } });
  // It was decided about, or waits for that: what comes later tells nothing new.
  if (row.state === 'review' || row.failure === 'givenBack') return 'review';
  const { charge } = facts;
  const seen = {
    paymentIntentId: facts.intentId,
    chargeId: charge.id,
    receiptUrl: charge.receiptUrl,
    cardLabel: charge.cardLabel,
    feeMicros: charge.feeMicros,
  };
  const isAsked = facts.currency === CURRENCY && facts.receivedMicros === row.amountMicros + row.taxMicros;
  // A second payment for one row cannot be: were it to come, it is money that nobody asked for.
  if (!isAsked || (row.paymentIntentId !== null && row.state === 'settled' && row.paymentIntentId !== facts.intentId)) {
    log.error({ topUp: id, payment: facts.intentId }, 'a payment is not what was asked: look at it at the provider');
    if (row.state === 'settled') return 'review';
    await tx.topUp.update({
      where: { id },
      data: { ...seen, state: 'review', failure: 'otherAmount', nextTryAt: null },
    });
    await recordEvent(tx, THE_MARKET, { kind: 'wallet.topUpHeld', userId: row.userId, data: { topUpId: id } }, now);
    return 'review';
  }
  const isNew = row.state !== 'settled';
  await tx.topUp.update({
    where: { id },
    data: {
      ...seen,
      state: 'settled',
      failure: null,
      settledAt: row.settledAt ?? now,
      // Until the provider has said what it kept, a sweep asks again.
      nextTryAt: charge.feeMicros === null ? nextTry(row.attempts + 1, now) : null,
    },
  });
  await postTransfers(tx, draftsOf(row, charge.feeMicros), now);
  await coverChargebacks(tx, row.userId, now);
  if (!isNew) return 'settled';
  const data = {
    topUpId: id,
    provider: 'stripe',
    amountMicros: row.amountMicros.toString(),
    automatic: row.cardId !== null,
  };
  await recordEvent(tx, THE_MARKET, { kind: 'wallet.toppedUp', userId: row.userId, data }, now);
  return 'settled';
}

type Settled = {
  readonly id: string;
  readonly userId: string;
  readonly amountMicros: bigint;
  readonly taxMicros: bigint;
};

function draftsOf(row: Settled, feeMicros: bigint | null): TransferDraft[] {
  const { id, userId, amountMicros, taxMicros } = row;
  const drafts: TransferDraft[] = [
    creditDraft({ userId, amountMicros, source: 'provider', causeId: id, key: `topUp:${id}` }),
  ];
  if (taxMicros > 0n)
    drafts.push({
      from: PROVIDER_CLEARING,
      to: TAXES,
      amountMicros: taxMicros,
      kind: 'tax',
      causeId: id,
      key: `topUp:${id}:tax`,
    });
  if (feeMicros !== null && feeMicros > 0n)
    drafts.push({
      from: PROCESSING_COSTS,
      to: PROVIDER_CLEARING,
      amountMicros: feeMicros,
      kind: 'processingFee',
      causeId: id,
      key: `topUp:${id}:processing`,
    });
  return drafts;
}
