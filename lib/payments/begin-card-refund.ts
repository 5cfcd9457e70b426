import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { requireIdempotencyKey } from '#lib/base/idempotency-key.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { IN_TRANSIT, renterWallet } from '#lib/ledger/account.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { refundableMicros, refundProblem, splitRefund } from './card-refund.ts';
import { coverChargebacks } from './cover-chargebacks.ts';
import { refundablePayments } from './queries/card-refunds.ts';

export type CardRefundInput = {
  readonly amountMicros: Micros;
  /** Chosen by the asker: the same key gives back once. */
  readonly idempotencyKey: string;
};

/**
 * Takes unspent money out of a wallet, to go back to the cards it came from, the newest payment first and never more than a payment still covers.
 * An errand then asks the provider. Allowed to the suspended, too: it is their money. Answers the ids of the refunds, one for each payment. Refuses with
 * `badInput` (`amountMicros`) or `conflict`.
 */
export async function beginCardRefund(
  actor: Actor,
  input: CardRefundInput,
  world: World = theWorld,
): Promise<readonly string[]> {
  requireIdempotencyKey(input.idempotencyKey);
  return inTransaction('begin-card-refund', (tx) => begin(tx, actor, input, world.now()));
}

async function begin(tx: Tx, actor: Actor, input: CardRefundInput, now: Date): Promise<readonly string[]> {
  const { userId } = actor;
  const { amountMicros, idempotencyKey } = input;
  await lockWallet(tx, userId, now);
  await coverChargebacks(tx, userId, now);
  const { freeMicros } = await lockWallet(tx, userId, now);
  const earlier = await tx.cardRefund.findMany({
    where: { userId, idempotencyKey },
    orderBy: { id: 'asc' },
    select: { id: true, amountMicros: true },
  });
  if (earlier.length > 0) {
    if (earlier.reduce((sum, row) => sum + row.amountMicros, 0n) !== amountMicros)
      throw new Refusal(
        'conflict',
        {},
        'This refund was already asked for with another amount. Nothing was given back.',
      );
    return earlier.map((row) => row.id);
  }
  const payments = await refundablePayments(tx, userId);
  const problem = refundProblem(amountMicros, refundableMicros(freeMicros, payments));
  if (problem !== null) throw new Refusal('badInput', { amountMicros: problem });
  const rows = splitRefund(amountMicros, payments).map((part) => ({ id: newId('cardRefund', now), ...part }));
  await tx.cardRefund.createMany({
    data: rows.map((row) => ({ ...row, userId, idempotencyKey, state: 'asked', createdAt: now, nextTryAt: now })),
  });
  await postTransfers(
    tx,
    rows.map(({ id, amountMicros: part }) => ({
      from: renterWallet(userId),
      to: IN_TRANSIT,
      amountMicros: part,
      kind: 'cardRefund',
      causeId: id,
      key: `cardRefund:${id}`,
    })),
    now,
  );
  const data = { cardRefundIds: rows.map((row) => row.id), amountMicros: amountMicros.toString() };
  await recordEvent(tx, actor, { kind: 'wallet.refundAsked', userId, data }, now);
  return rows.map((row) => row.id);
}
