import type Stripe from 'stripe';
import { fromCents } from '#lib/base/money.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { type ChargeFacts, cardLabelOf, type PaymentFacts, type SessionFacts } from '../payment.ts';

/** How a payment stands at the provider now. */
export async function paymentAt(intentId: string): Promise<PaymentFacts> {
  return paymentFacts(
    await needStripe().paymentIntents.retrieve(intentId, { expand: ['latest_charge.balance_transaction'] }),
  );
}

/** What the provider's answer says about a payment; its charge must have come with it. */
export function paymentFacts(intent: Stripe.PaymentIntent): PaymentFacts {
  const charge = intent.latest_charge;
  const status = intent.status === 'succeeded' ? 'paid' : intent.status === 'canceled' ? 'ended' : 'waiting';
  return {
    intentId: intent.id,
    topUpId: intent.metadata.topUpId ?? null,
    status,
    currency: intent.currency,
    receivedMicros: fromCents(intent.amount_received),
    charge: status === 'paid' && charge !== null && typeof charge === 'object' ? chargeFacts(charge) : null,
    declined: intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? null,
  };
}

function chargeFacts(charge: Stripe.Charge): ChargeFacts {
  const booked = charge.balance_transaction;
  return {
    id: charge.id,
    receiptUrl: charge.receipt_url,
    cardLabel: cardLabelOf(charge.payment_method_details?.card),
    refundedMicros: fromCents(charge.amount_refunded),
    feeMicros: booked !== null && typeof booked === 'object' ? fromCents(booked.fee) : null,
  };
}

/** How a page of the provider's stands now. */
export async function sessionAt(sessionId: string): Promise<SessionFacts> {
  return sessionFacts(await needStripe().checkout.sessions.retrieve(sessionId));
}

export function sessionFacts(session: Stripe.Checkout.Session): SessionFacts {
  const idOf = (value: string | { readonly id: string } | null) =>
    typeof value === 'string' ? value : (value?.id ?? null);
  return {
    id: session.id,
    ownId: session.client_reference_id,
    status: statusOf(session.status),
    url: session.url,
    intentId: idOf(session.payment_intent),
    setupId: idOf(session.setup_intent),
  };
}

function statusOf(text: string | null): SessionFacts['status'] {
  return text === 'complete' || text === 'expired' ? text : 'open';
}

/** The payment that a charge belongs to; null for a charge without one, which we never make. */
export async function intentOfCharge(chargeId: string): Promise<string | null> {
  const { payment_intent } = await needStripe().charges.retrieve(chargeId);
  return typeof payment_intent === 'string' ? payment_intent : (payment_intent?.id ?? null);
}
