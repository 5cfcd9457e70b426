import { type CardNumber, GOOD_CARD } from './cards.ts';
import type { Thing } from './document.ts';
import { confirm, makeCard, makeIntent, makeSetup } from './payments.ts';
import { type Asked, invalid, type Provider, page, partOf, textOf } from './provider.ts';
import type { Json } from './schema.ts';

const DAY = 86_400;

/** What a session asks to pay, in cents, line by line. */
function totalOf(items: Json | undefined): number {
  if (!Array.isArray(items) || items.length === 0)
    throw invalid('Line items are required in payment mode.', 'line_items');
  let total = 0;
  for (const [at, item] of items.entries()) {
    const { price_data, quantity } = partOf(item);
    const { currency, unit_amount, product_data } = partOf(price_data);
    if (currency !== 'usd') throw invalid('This double takes usd only.', `line_items[${at}][price_data][currency]`);
    if (product_data === undefined) throw invalid('Name the product.', `line_items[${at}][price_data][product_data]`);
    if (typeof unit_amount !== 'number' || unit_amount < 0)
      throw invalid('Invalid non-negative integer', `line_items[${at}][price_data][unit_amount]`);
    total += unit_amount * Number(quantity);
  }
  if (total < 50) throw invalid('The total must be at least $0.50 usd.', 'line_items', 'amount_too_small');
  return total;
}

export const checkoutHandlers = {
  'POST /v1/checkout/sessions': (asked: Asked): Thing => {
    const { provider, owner, body, base } = asked;
    const { mode = 'payment', customer, success_url, cancel_url, metadata, client_reference_id } = body;
    if (mode === 'subscription') throw invalid('This double knows no subscriptions.', 'mode');
    if (customer !== undefined) provider.find('customer', customer, owner, 'customer');
    if (customer !== undefined && body.customer_email !== undefined)
      throw invalid('You may only specify one of these parameters: customer, customer_email.', 'customer');
    if (mode === 'setup' && body.line_items !== undefined)
      throw invalid('You can not pass line_items in setup mode.', 'line_items');
    const expiresAt = body.expires_at === undefined ? provider.now() + DAY : Number(body.expires_at);
    if (expiresAt < provider.now() + 30 * 60 || expiresAt > provider.now() + DAY)
      throw invalid(
        'The expires_at timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.',
        'expires_at',
      );
    const total = mode === 'payment' ? totalOf(body.line_items) : null;
    const id = provider.newId('cs_test');
    const setup =
      mode === 'setup'
        ? makeSetup(provider, owner, {
            customer: customer ?? null,
            metadata: partOf(body.setup_intent_data).metadata ?? {},
          })
        : null;
    const made = provider.make('checkout.session', 'cs_test', owner, {
      id,
      mode,
      status: 'open',
      payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
      amount_total: total,
      amount_subtotal: total,
      currency: total === null ? null : 'usd',
      customer: customer ?? null,
      customer_details: null,
      customer_email: body.customer_email ?? null,
      client_reference_id: client_reference_id ?? null,
      created: provider.now(),
      expires_at: expiresAt,
      livemode: false,
      metadata: metadata ?? {},
      // Later versions make the intent when the customer pays, so there is none to see before.
      payment_intent: null,
      setup_intent: setup?.id ?? null,
      payment_method_types: ['card'],
      success_url: success_url ?? '',
      cancel_url: cancel_url ?? '',
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
      ui_mode: 'hosted',
      url: `${base}/pay/${id}`,
    });
    intentData.set(id, partOf(body.payment_intent_data));
    return made;
  },
  'GET /v1/checkout/sessions': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('checkout.session', owner), query, '/v1/checkout/sessions', [
      'payment_intent',
      'customer',
      'status',
    ]),
  'GET /v1/checkout/sessions/{session}': ({ provider, owner, ids }: Asked): Thing => {
    const session = provider.find('checkout.session', ids[0], owner);
    expireIfDue(provider, session);
    return session;
  },
  'POST /v1/checkout/sessions/{session}/expire': ({ provider, owner, ids }: Asked): Thing => {
    const session = provider.find('checkout.session', ids[0], owner);
    if (session.status !== 'open')
      throw invalid(`This Checkout Session cannot be expired because it is ${String(session.status)}.`, 'session');
    return expire(provider, session);
  },
};

/** What a session wants of the payment intent that is made when somebody pays. */
const intentData = new Map<string, Thing>();

function expire(provider: Provider, session: Thing): Thing {
  provider.change(session, { status: 'expired', url: null });
  provider.emit('checkout.session.expired', session, provider.ownerOf(session.id));
  return session;
}

function expireIfDue(provider: Provider, session: Thing): void {
  if (session.status === 'open' && Number(session.expires_at) <= provider.now()) expire(provider, session);
}

function openSession(provider: Provider, id: string): Thing {
  const session = provider.find('checkout.session', id, provider.ownerOf(id));
  expireIfDue(provider, session);
  if (session.status !== 'open') throw invalid(`This Checkout Session is ${String(session.status)}.`);
  return session;
}

export type Outcome = { readonly ok: true; readonly next: string } | { readonly ok: false; readonly message: string };

/**
 * The customer at the hosted page types a card and presses "Pay" (or "Save"). When the card declines, the session stays open for another one, as at
 * Stripe. Answers where the customer is sent, or what the page says.
 */
export function payCheckout(provider: Provider, id: string, number: CardNumber = GOOD_CARD): Outcome {
  const session = openSession(provider, id);
  const owner = provider.ownerOf(id);
  const customer = textOf(session.customer) ?? null;
  if (session.mode === 'setup') {
    const setup = provider.find('setup_intent', session.setup_intent, owner);
    if (number === '4000000000000002') {
      const error: Thing = { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' };
      provider.change(setup, { last_setup_error: error });
      provider.emit('setup_intent.setup_failed', setup, owner);
      return { ok: false, message: 'Your card was declined.' };
    }
    const card = makeCard(provider, owner, number, customer);
    provider.change(setup, { status: 'succeeded', payment_method: card.id ?? null });
    provider.change(session, { status: 'complete', url: null });
    if (customer !== null) provider.emit('payment_method.attached', card, owner);
    provider.emit('setup_intent.succeeded', setup, owner);
    provider.emit('checkout.session.completed', session, owner);
    return { ok: true, next: nextOf(session) };
  }
  const wanted = intentData.get(id) ?? {};
  const saves = wanted.setup_future_usage !== undefined;
  const intent =
    provider.any(session.payment_intent) ??
    makeIntent(provider, owner, {
      amount: session.amount_total ?? 0,
      customer,
      description: wanted.description ?? null,
      metadata: wanted.metadata ?? {},
      receipt_email: wanted.receipt_email ?? null,
      transfer_group: wanted.transfer_group ?? null,
      setup_future_usage: wanted.setup_future_usage ?? null,
    });
  const card = makeCard(provider, owner, number, saves ? customer : null);
  const error = confirm(provider, owner, intent, card, false);
  provider.change(session, { payment_intent: intent.id ?? null });
  if (error !== null) return { ok: false, message: String(error.message) };
  provider.change(session, { status: 'complete', payment_status: 'paid', url: null });
  provider.emit('checkout.session.completed', session, owner);
  return { ok: true, next: nextOf(session) };
}

/** Where Stripe sends a customer who is done. */
function nextOf(session: Thing): string {
  return String(session.success_url).replaceAll('{CHECKOUT_SESSION_ID}', String(session.id));
}
