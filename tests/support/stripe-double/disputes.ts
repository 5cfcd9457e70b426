import type { Thing } from './document.ts';
import { book, DISPUTE_FEE } from './money.ts';
import { type Asked, invalid, mergedMetadata, type Provider, page, partOf } from './provider.ts';

/**
 * A card's bank takes a payment back: the dispute is opened and the money withdrawn, with a fee. `amount` in cents; all of the payment unless told
 * otherwise.
 */
export function chargeBack(
  provider: Provider,
  chargeId: string,
  { amount, reason = 'fraudulent' }: { readonly amount?: number; readonly reason?: string } = {},
): Thing {
  const owner = provider.ownerOf(chargeId);
  const charge = provider.find('charge', chargeId, owner);
  const id = provider.newId('du');
  const taken = amount ?? Number(charge.amount);
  const booked = book(provider, {
    owner,
    type: 'adjustment',
    category: 'dispute',
    amount: -taken,
    fee: DISPUTE_FEE,
    source: id,
    description: `Chargeback withdrawal for ${chargeId}`,
  });
  const dispute = provider.make('dispute', 'du', owner, {
    id,
    amount: taken,
    currency: 'usd',
    charge: chargeId,
    payment_intent: charge.payment_intent ?? null,
    created: provider.now(),
    livemode: false,
    metadata: {},
    reason,
    status: 'needs_response',
    is_charge_refundable: false,
    evidence_details: {
      due_by: provider.now() + 14 * 86_400,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    balance_transactions: [structuredClone(booked)],
  });
  provider.change(charge, { disputed: true });
  provider.emit('charge.dispute.created', dispute, owner);
  provider.emit('charge.dispute.funds_withdrawn', dispute, owner);
  return dispute;
}

/** The bank decides. Won: the amount comes back, the fee does not. */
export function closeDispute(provider: Provider, id: string, outcome: 'won' | 'lost'): Thing {
  const owner = provider.ownerOf(id);
  const dispute = provider.find('dispute', id, owner);
  if (['won', 'lost'].includes(String(dispute.status))) return dispute;
  if (outcome === 'won') giveBack(provider, owner, dispute);
  provider.change(dispute, { status: outcome });
  provider.emit('charge.dispute.closed', dispute, owner);
  if (outcome === 'won') provider.emit('charge.dispute.funds_reinstated', dispute, owner);
  return dispute;
}

/** A bank that had kept the money gives it back after all: funds reinstated, and the dispute is won. */
export function reinstateDispute(provider: Provider, id: string): Thing {
  const owner = provider.ownerOf(id);
  const dispute = provider.find('dispute', id, owner);
  if (dispute.status !== 'lost') return dispute;
  giveBack(provider, owner, dispute);
  provider.change(dispute, { status: 'won' });
  provider.emit('charge.dispute.updated', dispute, owner);
  provider.emit('charge.dispute.funds_reinstated', dispute, owner);
  return dispute;
}

function giveBack(provider: Provider, owner: ReturnType<Provider['ownerOf']>, dispute: Thing): void {
  const booked = book(provider, {
    owner,
    type: 'adjustment',
    category: 'dispute_reversal',
    amount: Number(dispute.amount),
    source: String(dispute.id),
    description: `Chargeback reversal for ${String(dispute.charge)}`,
  });
  const before = Array.isArray(dispute.balance_transactions) ? dispute.balance_transactions : [];
  dispute.balance_transactions = [...before, structuredClone(booked)];
}

export const disputeHandlers = {
  'GET /v1/disputes': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('dispute', owner), query, '/v1/disputes', ['charge', 'payment_intent']),
  'GET /v1/disputes/{dispute}': ({ provider, owner, ids }: Asked): Thing => provider.find('dispute', ids[0], owner),
  'POST /v1/disputes/{dispute}': ({ provider, owner, ids, body }: Asked): Thing => {
    const dispute = provider.find('dispute', ids[0], owner);
    if (!['needs_response', 'under_review'].includes(String(dispute.status)))
      throw invalid('This dispute is already closed');
    provider.change(dispute, {
      evidence: { ...partOf(dispute.evidence), ...partOf(body.evidence) },
      metadata: mergedMetadata(dispute.metadata, body.metadata),
      ...(body.submit === false ? {} : { status: 'under_review' }),
    });
    provider.emit('charge.dispute.updated', dispute, owner);
    return dispute;
  },
  'POST /v1/disputes/{dispute}/close': ({ provider, owner, ids }: Asked): Thing => {
    provider.find('dispute', ids[0], owner);
    return closeDispute(provider, ids[0] ?? '', 'lost');
  },
};
