import { THE_MARKET } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { IN_TRANSIT, PROMOTIONS, PROVIDER_CLEARING, renterWallet } from '#lib/ledger/account.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';
import { adoptRefund } from './adopt-refund.ts';
import { CARD_REFUND_RANK, type CardRefundFacts, type CardRefundState } from './card-refund.ts';
import { coverChargebacks } from './cover-chargebacks.ts';
import type { ProviderFailure } from './payment.ts';

const DAY_SECONDS = 86_400;
/** A bank may send a refund back for a month (docs.stripe.com/refunds#failed-refunds); until then a sweep looks once a day, should no webhook tell. */
const WATCHED_SECONDS = 35 * DAY_SECONDS;

/**
 * Makes the books fit a refund as the provider tells it now. The money stands in transit until the provider has taken it; what a card did not
 * take comes back into the wallet. One that the operators made there by hand gets a row of its own. Any order and any number of copies end the
 * same. Answers whether it is a refund of this market.
 */
export async function recordCardRefund(facts: CardRefundFacts, world: World = theWorld): Promise<boolean> {
  const now = world.now();
  return inTransaction('record-card-refund', async (tx) => {
    const ownId = facts.ownId ?? (await adoptRefund(tx, facts, now));
    if (ownId === null) return false;
    const row = await locked(tx, ownId, now);
    if (row === null) return false;
    if (row.state === 'failed' && row.refundId === facts.refundId) return true;
    if (row.amountMicros !== facts.amountMicros) {
      log.error(
        { cardRefund: row.id, refund: facts.refundId },
        'a refund is not what was asked: look at it at the provider',
      );
      return true;
    }
    await record(tx, row, facts, now);
    return true;
  });
}

/** Notes that the provider did not take a refund: refused for good, it goes back into the wallet; broken and known to have done nothing, it is asked anew. */
export async function recordCardRefundFailure(
  id: string,
  failure: ProviderFailure,
  world: World = theWorld,
): Promise<void> {
  const now = world.now();
  await inTransaction('record-card-refund', async (tx) => {
    const row = await locked(tx, id, now);
    if (row === null || row.state !== 'asked') return;
    if (failure.kind === 'broken') await tx.cardRefund.update({ where: { id }, data: { round: row.round + 1 } });
    if (failure.kind !== 'refused' && failure.kind !== 'declined') return;
    await tx.cardRefund.update({ where: { id }, data: { state: 'failed', failure: failure.code, nextTryAt: null } });
    await postTransfers(tx, backDrafts(row, IN_TRANSIT), now);
    await coverChargebacks(tx, row.userId, now);
    await tell(tx, row, 'wallet.refundFailed', now);
  });
}

type Row = {
  readonly id: string;
  readonly userId: string;
  readonly amountMicros: Micros;
  readonly givenMicros: Micros;
  readonly state: string;
  readonly createdAt: Date;
};

async function locked(tx: Tx, id: string, now: Date) {
  const known = await tx.cardRefund.findUnique({ where: { id }, select: { userId: true } });
  if (known === null) return null;
  await lockWallet(tx, known.userId, now);
  await tx.$queryRaw`SELECT 1 FROM card_refunds WHERE id = ${id} FOR NO KEY UPDATE`;
  return tx.cardRefund.findUniqueOrThrow({ where: { id } });
}

async function record(tx: Tx, row: Row, facts: CardRefundFacts, now: Date): Promise<void> {
  const before = row.state as CardRefundState;
  const told = facts.status === 'failed' ? 'failed' : facts.status === 'arrived' ? 'settled' : 'sent';
  const state = CARD_REFUND_RANK[told] > CARD_REFUND_RANK[before] ? told : before;
  const isWatched = state !== 'failed' && now < addSeconds(row.createdAt, WATCHED_SECONDS);
  await tx.cardRefund.update({
    where: { id: row.id },
    data: {
      state,
      refundId: facts.refundId,
      failure: facts.failure,
      nextTryAt: isWatched ? addSeconds(now, DAY_SECONDS) : null,
      ...(state === 'settled' && before !== 'settled' ? { settledAt: now } : {}),
    },
  });
  const { id, amountMicros } = row;
  const drafts: TransferDraft[] = [
    {
      from: IN_TRANSIT,
      to: PROVIDER_CLEARING,
      amountMicros,
      kind: 'cardRefundSent',
      causeId: id,
      key: `cardRefund:${id}:sent`,
    },
  ];
  if (state === 'failed') drafts.push(...backDrafts(row, PROVIDER_CLEARING));
  await postTransfers(tx, drafts, now);
  await coverChargebacks(tx, row.userId, now);
  if (state === 'failed' && before !== 'failed') await tell(tx, row, 'wallet.refundFailed', now);
  else if (before === 'asked') await tell(tx, row, 'wallet.refundSent', now);
}

function backDrafts({ id, userId, amountMicros, givenMicros }: Row, from: TransferDraft['from']): TransferDraft[] {
  const back = { from, kind: 'cardRefundBack', causeId: id } as const;
  return [
    { ...back, to: renterWallet(userId), amountMicros: amountMicros - givenMicros, key: `cardRefund:${id}:back` },
    { ...back, to: PROMOTIONS, amountMicros: givenMicros, key: `cardRefund:${id}:back:given` },
  ].filter((draft) => draft.amountMicros > 0n);
}

async function tell(tx: Tx, row: Row, kind: 'wallet.refundSent' | 'wallet.refundFailed', now: Date): Promise<void> {
  const data = { cardRefundId: row.id, amountMicros: row.amountMicros.toString() };
  await recordEvent(tx, THE_MARKET, { kind, userId: row.userId, data }, now);
}
