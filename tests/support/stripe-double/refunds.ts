import { behaviourOf } from './cards.ts';
import type { Thing } from './document.ts';
import { book, requireBalance } from './money.ts';
import { type Asked, invalid, mergedMetadata, type Provider, page, textOf } from './provider.ts';

function refundedOf(provider: Provider, charge: Thing): number {
  return provider
    .all('refund', provider.ownerOf(charge.id))
    .filter((refund) => refund.charge === charge.id && !['failed', 'canceled'].includes(String(refund.status)))
    .reduce((sum, refund) => sum + Number(refund.amount), 0);
}

function noteOnCharge(provider: Provider, charge: Thing): void {
  const refunded = refundedOf(provider, charge);
  provider.change(charge, { amount_refunded: refunded, refunded: refunded === Number(charge.amount) });
}

/** The bank could not give the money to the card: it comes back to our balance. Works on refunds that succeeded, too. */
export function failRefund(provider: Provider, id: string, reason = 'lost_or_stolen_card'): Thing {
  const owner = provider.ownerOf(id);
  const refund = provider.find('refund', id, owner);
  if (['failed', 'canceled'].includes(String(refund.status))) return refund;
  const booked = book(provider, {
    owner,
    type: 'refund_failure',
    category: 'refund_failure',
    amount: Number(refund.amount),
    source: id,
  });
  provider.change(refund, { status: 'failed', failure_reason: reason, failure_balance_transaction: booked.id ?? null });
  noteOnCharge(provider, provider.find('charge', refund.charge, owner));
  provider.emit('refund.failed', refund, owner);
  provider.emit('charge.refund.updated', refund, owner);
  return refund;
}

/** A refund that was pending has arrived. */
export function settleRefund(provider: Provider, id: string): Thing {
  const owner = provider.ownerOf(id);
  const refund = provider.find('refund', id, owner);
  if (refund.status !== 'pending') return refund;
  provider.change(refund, { status: 'succeeded' });
  provider.emit('refund.updated', refund, owner);
  return refund;
}

export const refundHandlers = {
  'POST /v1/refunds': ({ provider, owner, body }: Asked): Thing => {
    const intent =
      body.payment_intent === undefined
        ? undefined
        : provider.find('payment_intent', body.payment_intent, owner, 'payment_intent');
    const chargeId = textOf(body.charge) ?? textOf(intent?.latest_charge);
    if (chargeId === undefined)
      throw invalid('This PaymentIntent does not have a successful charge to refund.', 'payment_intent');
    const charge = provider.find('charge', chargeId, owner, 'charge');
    const left = Number(charge.amount) - refundedOf(provider, charge);
    const amount = body.amount === undefined ? left : Number(body.amount);
    if (charge.status !== 'succeeded')
      throw invalid('This charge cannot be refunded: it was not successful.', 'charge');
    if (charge.disputed === true)
      throw invalid(`Charge ${chargeId} has been charged back; cannot issue a refund.`, null, 'charge_disputed');
    if (left === 0) throw invalid(`Charge ${chargeId} has already been refunded.`, null, 'charge_already_refunded');
    if (amount < 1) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
    if (amount > left)
      throw invalid(
        `Refund amount ($${amount / 100}) is greater than unrefunded amount on charge ($${left / 100})`,
        'amount',
      );
    requireBalance(provider, owner, amount);
    const id = provider.newId('re');
    const booked = book(provider, {
      owner,
      type: 'refund',
      category: 'refund',
      amount: -amount,
      source: id,
      description: `REFUND FOR CHARGE (${chargeId})`,
    });
    const does = behaviourOf(charge.payment_method);
    const refund = provider.make('refund', 're', owner, {
      id,
      amount,
      currency: 'usd',
      charge: chargeId,
      payment_intent: charge.payment_intent ?? null,
      balance_transaction: booked.id ?? null,
      created: provider.now(),
      metadata: body.metadata ?? {},
      reason: body.reason ?? null,
      status: does === 'refundsSlowly' ? 'pending' : 'succeeded',
    });
    noteOnCharge(provider, charge);
    provider.emit('refund.created', refund, owner);
    provider.emit('charge.refunded', charge, owner);
    if (does === 'losesRefunds') {
      const answer = structuredClone(refund);
      failRefund(provider, id, 'expired_or_canceled_card');
      return answer;
    }
    return refund;
  },
  'GET /v1/refunds': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('refund', owner), query, '/v1/refunds', ['charge', 'payment_intent']),
  'GET /v1/refunds/{refund}': ({ provider, owner, ids }: Asked): Thing => provider.find('refund', ids[0], owner),
  'POST /v1/refunds/{refund}': ({ provider, owner, ids, body }: Asked): Thing => {
    const refund = provider.find('refund', ids[0], owner);
    provider.change(refund, { metadata: mergedMetadata(refund.metadata, body.metadata) });
    provider.emit('refund.updated', refund, owner);
    return refund;
  },
  'POST /v1/refunds/{refund}/cancel': ({ provider, owner, ids }: Asked): Thing => {
    const refund = provider.find('refund', ids[0], owner);
    if (refund.status !== 'pending') throw invalid('This refund can no longer be canceled.');
    provider.change(refund, { status: 'canceled' });
    book(provider, {
      owner,
      type: 'refund_failure',
      category: 'refund_failure',
      amount: Number(refund.amount),
      source: String(refund.id),
    });
    noteOnCharge(provider, provider.find('charge', refund.charge, owner));
    provider.emit('refund.updated', refund, owner);
    return refund;
  },
};
