import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#tests/support/eventually.ts';
import { serveDoor } from '#tests/support/serve-door.ts';
import { readForm } from '#tests/support/stripe-double/form.ts';
import { type StripeDouble, startStripeDouble } from '#tests/support/stripe-double/server.ts';

let double: StripeDouble;
let stripe: Stripe;
const doubles: StripeDouble[] = [];

function client(of: StripeDouble, key = 'sk_test_double', retries = 0): Stripe {
  const { hostname, port } = new URL(of.url);
  return new Stripe(key, { host: hostname, port: Number(port), protocol: 'http', maxNetworkRetries: retries });
}

beforeEach(async () => {
  double = await startStripeDouble();
  doubles.push(double);
  stripe = client(double);
});
afterAll(async () => {
  for (const each of doubles) await each.close();
});

const session = (over: Partial<Stripe.Checkout.SessionCreateParams> = {}, options?: Stripe.RequestOptions) =>
  stripe.checkout.sessions.create(
    {
      mode: 'payment',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 2_500, product_data: { name: 'Credit' } } },
      ],
      success_url: 'http://market.test/back?session={CHECKOUT_SESSION_ID}',
      ...over,
    },
    options,
  );

async function paid(cents = 2_500) {
  const { id } = await session({
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: cents, product_data: { name: 'Credit' } } },
    ],
  });
  double.act.payCheckout(id);
  const found = await stripe.checkout.sessions.retrieve(id, {
    expand: ['payment_intent.latest_charge.balance_transaction'],
  });
  const intent = found.payment_intent as Stripe.PaymentIntent;
  return { session: found, intent, charge: intent.latest_charge as Stripe.Charge };
}

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => Promise.reject(new Error('It was not refused.')),
    (error: unknown) => {
      if (error instanceof Stripe.errors.StripeError) return error;
      throw error;
    },
  );

async function onboarded(): Promise<string> {
  const account = await stripe.v2.core.accounts.create({
    contact_email: 'host@example.org',
    dashboard: 'express',
    identity: { country: 'us' },
    defaults: { responsibilities: { fees_collector: 'application', losses_collector: 'application' } },
    configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
  });
  double.act.onboard(account.id);
  return account.id;
}

describe('a Checkout session of the double', () => {
  it('is paid at its hosted page, and leaves a charge whose fee is in its balance transaction', async () => {
    const { session: done, charge } = await paid();
    expect(done).toMatchObject({ status: 'complete', payment_status: 'paid', amount_total: 2_500 });
    expect(charge.balance_transaction).toMatchObject({ amount: 2_500, fee: 103, net: 2_397, type: 'charge' });
    expect((await fetch(charge.receipt_url ?? '')).status).toBe(200);
    expect(double.webhooks.log.map((event) => event.type)).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ]);
  });

  it('stays open after a decline, takes another card, and cannot be paid twice', async () => {
    const { id, url } = await session();
    const press = (what: string) =>
      fetch(url ?? '', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ do: what }) });
    expect(await (await press('decline')).text()).toContain('Your card was declined.');
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
    const gone = await press('pay');
    expect(gone.headers.get('location')).toBe(`http://market.test/back?session=${id}`);
    expect(await (await press('pay')).text()).toContain('complete');
    expect((await stripe.charges.list()).data.map((charge) => charge.status)).toEqual(['succeeded', 'failed']);
  });

  it('can be expired while nobody paid', async () => {
    const { id } = await session();
    expect((await stripe.checkout.sessions.expire(id)).status).toBe('expired');
    expect((await failure(stripe.checkout.sessions.expire(id))).statusCode).toBe(400);
    expect(() => double.act.payCheckout(id)).toThrow('expired');
  });
});

describe('saved cards of the double', () => {
  it('pay while their owner is away, unless they decline or want the owner', async () => {
    const customer = await stripe.customers.create({ email: 'renter@example.org' });
    const save = async (card: Parameters<StripeDouble['act']['payCheckout']>[1]) => {
      const { id } = await session({
        mode: 'setup',
        customer: customer.id,
        line_items: undefined as never,
        currency: 'usd',
      });
      double.act.payCheckout(id, card);
      const { setup_intent } = await stripe.checkout.sessions.retrieve(id, { expand: ['setup_intent'] });
      return String((setup_intent as Stripe.SetupIntent).payment_method);
    };
    const pay = (payment_method: string) =>
      stripe.paymentIntents.create({
        amount: 2_000,
        currency: 'usd',
        customer: customer.id,
        payment_method,
        off_session: true,
        confirm: true,
      });
    expect((await pay(await save('4242424242424242'))).status).toBe('succeeded');
    expect((await failure(pay(await save('4000000000000341')))).code).toBe('card_declined');
    expect((await failure(pay(await save('4000002760003184')))).code).toBe('authentication_required');
    const cards = await stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
    expect(cards.data.map((card) => card.card?.last4)).toEqual(['3184', '0341', '4242']);
    await stripe.paymentMethods.detach(cards.data[0]?.id ?? '');
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(2);
  });
});

describe('refunds and chargebacks of the double', () => {
  it('never give back more than was paid, and bring back what a card could not take', async () => {
    const { intent } = await paid();
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 1_000 });
    expect((await failure(stripe.refunds.create({ payment_intent: intent.id, amount: 1_501 }))).param).toBe('amount');
    double.act.failRefund(refund.id);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('failed');
    expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(2_397);
  });

  it('take the money and a fee, and give the money back when they are won', async () => {
    const { charge } = await paid();
    const dispute = double.act.chargeBack(charge.id);
    expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(2_397 - 2_500 - 1_500);
    expect((await failure(stripe.refunds.create({ charge: charge.id }))).code).toBe('charge_disputed');
    double.act.closeDispute(String(dispute.id), 'won');
    const found = await stripe.disputes.retrieve(String(dispute.id));
    expect(found.status).toBe('won');
    expect(found.balance_transactions.map((row) => row.net)).toEqual([-4_000, 2_500]);
    expect(double.webhooks.log.slice(-2).map((event) => event.type)).toEqual([
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ]);
  });
});

describe('hosts at the double', () => {
  it('are paid by a transfer and a payout once they have told who they are', async () => {
    await paid(10_000);
    const account = await onboarded();
    const link = await stripe.v2.core.accountLinks.create({
      account,
      use_case: {
        type: 'account_onboarding',
        account_onboarding: {
          refresh_url: 'http://market.test/again',
          return_url: 'http://market.test/done',
        },
      },
    });
    const finished = await fetch(link.url, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ do: 'finish' }),
    });
    expect(finished.headers.get('location')).toBe('http://market.test/done');
    const found = await stripe.v2.core.accounts.retrieve(account, {
      include: ['configuration.recipient', 'requirements'],
    });
    expect(found.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers?.status).toBe('active');
    expect(found.requirements?.entries).toEqual([]);
    const transfer = await stripe.transfers.create({
      amount: 4_000,
      currency: 'usd',
      destination: account,
      transfer_group: 'week 47',
    });
    const payout = await stripe.payouts.create({ amount: 3_000, currency: 'usd' }, { stripeAccount: account });
    double.act.settlePayout(payout.id, 'failed');
    expect((await stripe.payouts.retrieve(payout.id, {}, { stripeAccount: account })).failure_code).toBe(
      'account_closed',
    );
    await stripe.transfers.createReversal(transfer.id, { amount: 4_000 });
    expect((await stripe.balance.retrieve({}, { stripeAccount: account })).available[0]?.amount).toBe(0);
    expect((await stripe.transfers.list({ transfer_group: 'week 47' })).data[0]?.reversed).toBe(true);
  });

  it('get nothing before that, and nothing that the platform has not got', async () => {
    const account = await stripe.v2.core.accounts.create({
      configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
    });
    const send = (amount: number) => stripe.transfers.create({ amount, currency: 'usd', destination: account.id });
    expect((await failure(send(100))).code).toBe('insufficient_capabilities_for_transfer');
    double.act.onboard(account.id);
    expect((await failure(send(100))).code).toBe('balance_insufficient');
  });
});

describe('requests to the double', () => {
  it('are held to the document: unknown, missing and misshapen parameters are refused by name', async () => {
    const wrong = {
      mode: 'payment',
      success_url: 'http://market.test',
      line_items: [{ quantity: 1, price_data: { currency: 'usd', colour: 'red' } }],
    };
    const refused = await failure(
      stripe.checkout.sessions.create(wrong as unknown as Stripe.Checkout.SessionCreateParams),
    );
    expect(refused).toMatchObject({ statusCode: 400, param: 'line_items[0][price_data][colour]' });
    expect((await failure(stripe.refunds.create({ amount: 1.5 }))).param).toBe('amount');
    expect((await failure(stripe.paymentIntents.create({ currency: 'usd' } as never))).param).toBe('amount');
    expect((await failure(stripe.charges.retrieve('ch_nobody'))).code).toBe('resource_missing');
    expect((await failure(stripe.products.list())).statusCode).toBe(404);
    expect((await failure(client(double, 'sk_test_other').balance.retrieve())).statusCode).toBe(401);
  });

  it('answer the same under one key, and refuse the key for anything else', async () => {
    const first = await session({}, { idempotencyKey: 'one' });
    expect((await session({}, { idempotencyKey: 'one' })).id).toBe(first.id);
    const refused = await failure(session({ success_url: 'http://market.test/other' }, { idempotencyKey: 'one' }));
    expect(refused.rawType).toBe('idempotency_error');
    expect(double.requests.map((request) => request.replayed)).toEqual([false, true, false]);
  });

  it('may fail after they have succeeded: a retry under the same key finds what was done', async () => {
    // The package asks once more by itself when a connection breaks.
    double.faults.plan({ does: 'hangUpAfter', times: 2 });
    await failure(session({}, { idempotencyKey: 'two' }));
    await session({}, { idempotencyKey: 'two' });
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(1);
  });

  it('keep a failure of Stripe itself under its key, so that only a look at the list tells what was done', async () => {
    double.faults.plan({ does: 'errorAfter', at: 'POST /v1/checkout/sessions' });
    const again = () => session({}, { idempotencyKey: 'three' });
    expect((await failure(again())).statusCode).toBe(500);
    expect((await failure(again())).statusCode).toBe(500);
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(1);
  });

  it('are retried by the client when they were turned away', async () => {
    double.faults.plan({ does: 'errorBefore' });
    await client(double, undefined, 1).balance.retrieve();
    expect(double.requests.map((request) => request.status)).toEqual([503, 200]);
  });

  it('page through lists', async () => {
    for (let made = 0; made < 5; made += 1) await stripe.customers.create();
    const seen: string[] = [];
    for await (const customer of stripe.customers.list({ limit: 2 })) seen.push(customer.id);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  it('are read as forms with lists and nested objects', () => {
    expect(readForm('a=1&b[c]=x&d[0][e]=2&d[1][e]=3&f[]=y&f[]=z&__proto__[a]=1')).toEqual({
      a: '1',
      b: { c: 'x' },
      d: [{ e: '2' }, { e: '3' }],
      f: ['y', 'z'],
    });
  });
});

describe('webhooks of the double', () => {
  it('are signed so that the package takes them, and refused when a letter is changed', async () => {
    await paid();
    const [event] = double.webhooks.log;
    if (event === undefined) throw new Error('no event');
    const { body, signature } = double.webhooks.envelope(event);
    expect(stripe.webhooks.constructEvent(body, signature, 'whsec_double').id).toBe(event.id);
    expect(() => stripe.webhooks.constructEvent(body.replace('usd', 'eur'), signature, 'whsec_double')).toThrow(
      'signature',
    );
  });

  it('come by themselves when asked to, twice, in another order, and again until they are taken', async () => {
    const heard: string[] = [];
    let refusals = 2;
    const door = await serveDoor({
      fetch: async (request) => {
        heard.push(JSON.parse(await request.text()).type);
        refusals -= 1;
        return new Response(null, { status: refusals >= 0 ? 503 : 200 });
      },
    });
    Object.assign(double.webhooks.manner, {
      mode: 'auto',
      url: door.url,
      copies: 2,
      delayMs: (count: number) => 60 - 10 * count,
    });
    await paid();
    await eventually(() => heard.length === 8);
    expect(heard.filter((type) => type === 'charge.succeeded').length).toBeGreaterThanOrEqual(2);
    expect(heard[0]).not.toBe('charge.succeeded');
    await door.close();
  });
});
