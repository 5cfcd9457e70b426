import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { PROCESSING_COSTS, PROVIDER_CLEARING } from '#lib/ledger/account.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';
import { type ChargebackFacts, closedDrafts, regainedDrafts, takenDrafts, uncoveredAt } from './chargeback.ts';
import { coverChargebacks } from './cover-chargebacks.ts';

const DAY_SECONDS = 86_400;

/**
 * Makes the books fit a chargeback as the provider tells it now: its money to *disputed*, then back or gone (and back after all), and its fee. News that knows less than
 * what was recorded changes nothing. Answers whether it is about a payment of this market.
 */
export async function recordChargeback(facts: ChargebackFacts, world: World = theWorld): Promise<boolean> {
  const now = world.now();
  return inTransaction('record-chargeback', async (tx) => {
    const topUp = await tx.topUp.findUnique({
      where: { chargeId: facts.chargeId },
      select: { id: true, userId: true, state: true },
    });
    if (topUp === null) return false;
    // Nothing was taken yet, or the payment was credited to nobody: there is nothing to move.
    if (facts.amountMicros === 0n || topUp.state !== 'settled') return true;
    await lockWallet(tx, topUp.userId, now);
    await record(tx, topUp, facts, now);
    return true;
  });
}

async function record(
  tx: Tx,
  topUp: { readonly id: string; readonly userId: string },
  facts: ChargebackFacts,
  now: Date,
): Promise<void> {
  await coverChargebacks(tx, topUp.userId, now);
  const known = await tx.chargeback.findUnique({ where: { disputeId: facts.disputeId } });
  const row = known ?? (await open(tx, topUp, facts, now));
  const isOlder = facts.movements < row.movements || (row.state !== 'open' && facts.movements === row.movements);
  if (isOlder) return;
  const regained = row.state === 'lost' && facts.state === 'won';
  const outcome = (row.state === 'open' && facts.state !== 'open') || regained ? facts.state : null;
  const state = outcome ?? row.state;
  const moved = outcome === null ? [] : regained ? regainedDrafts(row) : closedDrafts(row, outcome);
  const drafts = [...feeDrafts(row.id, row.feeMicros, facts), ...moved];
  await tx.chargeback.update({
    where: { id: row.id },
    data: {
      movements: facts.movements,
      feeMicros: facts.feeMicros,
      state,
      nextTryAt: state === 'open' ? addSeconds(now, DAY_SECONDS) : null,
      ...(outcome === null ? {} : { closedAt: now }),
      ...(outcome === 'won' ? { uncoveredMicros: 0n } : {}),
    },
  });
  await postTransfers(tx, drafts, now);
  if (outcome === null) return;
  const data = {
    chargebackId: row.id,
    outcome,
    amountMicros: row.amountMicros.toString(),
    missingMicros: row.uncoveredMicros.toString(),
  };
  await recordEvent(tx, THE_MARKET, { kind: 'wallet.chargebackClosed', userId: topUp.userId, data }, now);
  // What came back may cover another one.
  await coverChargebacks(tx, topUp.userId, now);
}

async function open(
  tx: Tx,
  topUp: { readonly id: string; readonly userId: string },
  facts: ChargebackFacts,
  now: Date,
) {
  const { freeMicros } = await lockWallet(tx, topUp.userId, now);
  const row = await tx.chargeback.create({
    data: {
      id: newId('chargeback', now),
      userId: topUp.userId,
      topUpId: topUp.id,
      disputeId: facts.disputeId,
      amountMicros: facts.amountMicros,
      uncoveredMicros: uncoveredAt(facts.amountMicros, freeMicros),
      feeMicros: 0n,
      movements: 0,
      state: 'open',
      reason: facts.reason,
      createdAt: now,
    },
  });
  await postTransfers(tx, takenDrafts(row), now);
  const data = {
    chargebackId: row.id,
    amountMicros: row.amountMicros.toString(),
    missingMicros: row.uncoveredMicros.toString(),
  };
  await recordEvent(tx, THE_MARKET, { kind: 'wallet.chargebackOpened', userId: topUp.userId, data }, now);
  return row;
}

/** The provider's fee, as far as it is new; one that it gives back comes back. */
function feeDrafts(id: string, beforeMicros: bigint, facts: ChargebackFacts): TransferDraft[] {
  const more = facts.feeMicros - beforeMicros;
  if (more === 0n) return [];
  const costs = more > 0n;
  return [
    {
      from: costs ? PROCESSING_COSTS : PROVIDER_CLEARING,
      to: costs ? PROVIDER_CLEARING : PROCESSING_COSTS,
      amountMicros: costs ? more : -more,
      kind: 'processingFee',
      causeId: id,
      key: `chargeback:${id}:fee:${facts.movements}`,
    },
  ];
}
