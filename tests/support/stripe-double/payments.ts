import { behaviourOf, CARDS, type CardNumber, declineOf, rememberCard } from './cards.ts';
import { chargeBack } from './disputes.ts';
import type { Thing } from './document.ts';
import { book, feeOf } from './money.ts';
import {
  type Asked,
  Failure,
  invalid,
  mergedMetadata,
  type Owner,
  type Provider,
  page,
  partOf,
  textOf,
} from './provider.ts';
import type { Json } from './schema.ts';

/** A card as Stripe keeps it: without its number. */
export function makeCard(provider: Provider, owner: Owner, number: CardNumber, customer: string | null): Thing {
  const made = provider.make('payment_method', 'pm', owner, {
    type: 'card',
    customer,
    created: provider.now(),
    livemode: false,
    metadata: {},
    billing_details: { address: null, email: null, name: null, phone: null },
  });
  const card = partOf(made.card);
  made.card = {
    ...card,
    brand: CARDS[number].brand,
    display_brand: CARDS[number].brand,
    last4: number.slice(-4),
    fingerprint: `fp${number.slice(-8)}`,
    generated_from: null,
    wallet: null,
  };
  rememberCard(String(made.id), number);
  return made;
}

/** A payment intent that waits for a card. */
export function makeIntent(provider: Provider, owner: Owner, fields: Thing): Thing {
  const id = provider.newId('pi');
  return provider.make('payment_intent', 'pi', owner, {
    id,
    amount: 0,
    currency: 'usd',
    status: 'requires_payment_method',
    amount_received: 0,
    created: provider.now(),
    livemode: false,
    capture_method: 'automatic',
    confirmation_method: 'automatic',
    payment_method_types: ['card'],
    client_secret: `${id}_secret_double`,
    metadata: {},
    customer: null,
    description: null,
    last_payment_error: null,
    latest_charge: null,
    next_action: null,
    canceled_at: null,
    payment_method: null,
    processing: null,
    transfer_data: null,
    shipping: null,
    ...fields,
  });
}

/**
 * Tries to take the money. Answers null when it worked, else the error: the intent then waits for another card, or for its owner.
 * A declined payment leaves a failed charge, as Stripe does.
 */
export function confirm(
  provider: Provider,
  owner: Owner,
  intent: Thing,
  card: Thing,
  offSession: boolean,
): Thing | null {
  const decline = declineOf(behaviourOf(card.id), offSession);
  const charge = makeCharge(provider, owner, intent, card, decline);
  if (decline !== null) {
    const error: Thing = { type: 'card_error', ...decline, charge: charge.id ?? null, payment_method: { ...card } };
    // A card that wants its owner leaves the intent waiting for them when they are there; away, it needs another card.
    provider.change(intent, {
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: error,
      latest_charge: charge.id ?? null,
    });
    provider.emit('payment_intent.payment_failed', intent, owner);
    return error;
  }
  provider.change(intent, {
    status: 'succeeded',
    amount_received: intent.amount ?? 0,
    payment_method: card.id ?? null,
    latest_charge: charge.id ?? null,
    last_payment_error: null,
    next_action: null,
  });
  provider.emit('payment_intent.succeeded', intent, owner);
  if (behaviourOf(card.id) === 'chargesBack') chargeBack(provider, String(charge.id), { reason: 'fraudulent' });
  return null;
}

function makeCharge(
  provider: Provider,
  owner: Owner,
  intent: Thing,
  card: Thing,
  decline: ReturnType<typeof declineOf>,
): Thing {
  const id = provider.newId('ch');
  const amount = Number(intent.amount);
  const booked =
    decline === null
      ? book(provider, { owner, type: 'charge', category: 'charge', amount, fee: feeOf(amount), source: id })
      : null;
  const charge = provider.make('charge', 'ch', owner, {
    id,
    amount,
    amount_captured: decline === null ? amount : 0,
    amount_refunded: 0,
    balance_transaction: booked?.id ?? null,
    captured: decline === null,
    created: provider.now(),
    currency: 'usd',
    customer: intent.customer ?? null,
    description: intent.description ?? null,
    disputed: false,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    livemode: false,
    metadata: intent.metadata ?? {},
    paid: decline === null,
    payment_intent: intent.id ?? null,
    payment_method: card.id ?? null,
    payment_method_details: { type: 'card', card: card.card ?? null },
    receipt_url: `double:/receipts/${id}`,
    refunded: false,
    shipping: null,
    source: null,
    transfer_data: null,
    status: decline === null ? 'succeeded' : 'failed',
  });
  provider.emit(decline === null ? 'charge.succeeded' : 'charge.failed', charge, owner);
  return charge;
}

/** A setup intent that has its card. */
export function makeSetup(provider: Provider, owner: Owner, fields: Thing): Thing {
  const id = provider.newId('seti');
  return provider.make('setup_intent', 'seti', owner, {
    id,
    client_secret: `${id}_secret_double`,
    created: provider.now(),
    livemode: false,
    status: 'requires_payment_method',
    usage: 'off_session',
    payment_method_types: ['card'],
    metadata: {},
    last_setup_error: null,
    next_action: null,
    ...fields,
  });
}

function cardOf({ provider, owner }: Asked, id: Json | undefined, customer: Json | undefined): Thing {
  const card = provider.find('payment_method', id, owner, 'payment_method');
  if ((card.customer ?? null) !== (customer ?? null))
    throw invalid(
      'The payment method does not belong to this customer.',
      'payment_method',
      'payment_method_customer_mismatch',
    );
  return card;
}

function tryToTake(asked: Asked, intent: Thing): Thing {
  const { provider, owner, body } = asked;
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(String(intent.status)))
    throw invalid(
      `You cannot confirm this PaymentIntent because it has a status of ${String(intent.status)}.`,
      null,
      'payment_intent_unexpected_state',
    );
  const card = cardOf(asked, body.payment_method ?? intent.payment_method ?? undefined, intent.customer);
  const error = confirm(provider, owner, intent, card, body.off_session !== undefined && body.off_session !== false);
  if (error !== null) throw new Failure(402, { ...error, payment_intent: structuredClone(intent) });
  return intent;
}

export const paymentHandlers = {
  'POST /v1/payment_intents': (asked: Asked): Thing => {
    const { provider, owner, body } = asked;
    const { amount, currency, customer, payment_method, description, metadata, receipt_email, transfer_group } = body;
    if (currency !== 'usd') throw invalid('This double takes usd only.', 'currency');
    if (Number(amount) < 50) throw invalid('Amount must be at least $0.50 usd', 'amount', 'amount_too_small');
    if (Number(amount) > 99_999_999)
      throw invalid('Amount must be no more than $999,999.99', 'amount', 'amount_too_large');
    if (customer !== undefined) provider.find('customer', customer, owner, 'customer');
    if (body.off_session !== undefined && body.confirm !== true)
      throw invalid('off_session needs confirm.', 'off_session');
    if (payment_method !== undefined) cardOf(asked, payment_method, customer);
    const intent = makeIntent(provider, owner, {
      amount: amount ?? 0,
      customer: customer ?? null,
      payment_method: payment_method ?? null,
      status: payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
      description: description ?? null,
      metadata: metadata ?? {},
      receipt_email: receipt_email ?? null,
      transfer_group: transfer_group ?? null,
    });
    provider.emit('payment_intent.created', intent, owner);
    return body.confirm === true ? tryToTake(asked, intent) : intent;
  },
  'GET /v1/payment_intents': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('payment_intent', owner), query, '/v1/payment_intents', ['customer']),
  'GET /v1/payment_intents/{intent}': ({ provider, owner, ids }: Asked): Thing =>
    provider.find('payment_intent', ids[0], owner),
  'POST /v1/payment_intents/{intent}': ({ provider, owner, ids, body }: Asked): Thing => {
    const intent = provider.find('payment_intent', ids[0], owner);
    return provider.change(intent, { metadata: mergedMetadata(intent.metadata, body.metadata) });
  },
  'POST /v1/payment_intents/{intent}/confirm': (asked: Asked): Thing =>
    tryToTake(asked, asked.provider.find('payment_intent', asked.ids[0], asked.owner)),
  'POST /v1/payment_intents/{intent}/cancel': ({ provider, owner, ids }: Asked): Thing => {
    const intent = provider.find('payment_intent', ids[0], owner);
    if (['succeeded', 'canceled'].includes(String(intent.status)))
      throw invalid(
        `You cannot cancel this PaymentIntent because it has a status of ${String(intent.status)}.`,
        null,
        'payment_intent_unexpected_state',
      );
    provider.change(intent, { status: 'canceled', canceled_at: provider.now() });
    provider.emit('payment_intent.canceled', intent, owner);
    return intent;
  },
  'GET /v1/setup_intents': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('setup_intent', owner), query, '/v1/setup_intents', ['customer', 'payment_method']),
  'GET /v1/setup_intents/{intent}': ({ provider, owner, ids }: Asked): Thing =>
    provider.find('setup_intent', ids[0], owner),
  'GET /v1/payment_methods': (asked: Asked): Thing => cardsOf(asked, asked.query.customer),
  'GET /v1/customers/{customer}/payment_methods': (asked: Asked): Thing => cardsOf(asked, asked.ids[0]),
  'GET /v1/payment_methods/{payment_method}': ({ provider, owner, ids }: Asked): Thing =>
    provider.find('payment_method', ids[0], owner),
  'POST /v1/payment_methods/{payment_method}/attach': ({ provider, owner, ids, body }: Asked): Thing => {
    const card = provider.find('payment_method', ids[0], owner);
    provider.find('customer', body.customer, owner, 'customer');
    provider.change(card, { customer: body.customer ?? null });
    provider.emit('payment_method.attached', card, owner);
    return card;
  },
  'POST /v1/payment_methods/{payment_method}/detach': ({ provider, owner, ids }: Asked): Thing => {
    const card = provider.find('payment_method', ids[0], owner);
    if (card.customer === null)
      throw invalid(
        'The payment method you provided is not attached to a customer so detachment is impossible.',
        'payment_method',
      );
    provider.change(card, { customer: null });
    provider.emit('payment_method.detached', card, owner);
    return card;
  },
  'GET /v1/charges': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('charge', owner), query, '/v1/charges', ['customer', 'payment_intent', 'transfer_group']),
  'GET /v1/charges/{charge}': ({ provider, owner, ids }: Asked): Thing => provider.find('charge', ids[0], owner),
};

function cardsOf({ provider, owner, query }: Asked, customer: Json | undefined): Thing {
  provider.find('customer', customer, owner, 'customer');
  const rows = provider.all('payment_method', owner).filter((card) => card.customer === customer);
  return page(rows, query, '/v1/payment_methods', ['type']);
}

export const customerHandlers = {
  'POST /v1/customers': ({ provider, owner, body }: Asked): Thing => {
    const made = provider.make('customer', 'cus', owner, {
      created: provider.now(),
      livemode: false,
      email: textOf(body.email) ?? null,
      name: textOf(body.name) ?? null,
      description: textOf(body.description) ?? null,
      metadata: body.metadata ?? {},
      currency: null,
      discount: null,
      address: null,
      shipping: null,
    });
    provider.emit('customer.created', made, owner);
    return made;
  },
  'GET /v1/customers': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('customer', owner), query, '/v1/customers', ['email']),
  'GET /v1/customers/{customer}': ({ provider, owner, ids }: Asked): Thing => provider.find('customer', ids[0], owner),
  'POST /v1/customers/{customer}': ({ provider, owner, ids, body }: Asked): Thing => {
    const customer = provider.find('customer', ids[0], owner);
    const settings =
      body.invoice_settings === undefined
        ? {}
        : { invoice_settings: { ...partOf(customer.invoice_settings), ...partOf(body.invoice_settings) } };
    provider.change(customer, {
      ...settings,
      metadata: mergedMetadata(customer.metadata, body.metadata),
      ...(body.email === undefined ? {} : { email: body.email }),
    });
    provider.emit('customer.updated', customer, owner);
    return customer;
  },
  'DELETE /v1/customers/{customer}': ({ provider, owner, ids }: Asked): Thing => {
    const customer = provider.find('customer', ids[0], owner);
    customer.object = 'deleted';
    return { id: customer.id ?? '', object: 'customer', deleted: true };
  },
};
