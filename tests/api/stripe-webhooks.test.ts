import '#tests/support/database.ts';
import { describe, expect, it } from 'vitest';
import { stripeDoor } from '#doors/webhooks/stripe.ts';
import { DAY } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { handleWebhooks, type WebhookHandlers } from '#lib/payments/handle-webhooks.errand.ts';
import { sql } from '#tests/support/database.ts';
import { movableClock } from '#tests/support/rental.ts';
import { signatureOf } from '#tests/support/stripe-double/webhooks.ts';
import { marketWithStripe } from '#tests/support/stripe-env.ts';

const clock = movableClock();
const seconds = () => Math.floor(clock.now().getTime() / 1_000);
const double = await marketWithStripe({ now: seconds });
const door = stripeDoor(clock.world);

let count = 0;
/** A webhook that the provider might send. */
function event(over: Record<string, unknown> = {}) {
  count += 1;
  return {
    id: `evt_${count}`,
    object: 'event',
    type: 'charge.succeeded',
    created: seconds(),
    data: { object: { id: `ch_${count}`, object: 'charge' } },
    ...over,
  };
}

function send(body: string, signature: string | null = signatureOf(body, double.env.STRIPE_WEBHOOK_SECRET, seconds())) {
  return door.request('/api/webhooks/stripe', {
    method: 'POST',
    body,
    headers: signature === null ? {} : { 'stripe-signature': signature },
  });
}

const post = (what: object) => send(JSON.stringify(what));
const stored = (id: string) => db.providerWebhook.findUnique({ where: { id } });
const sweep = (handlers: WebhookHandlers = {}) => handleWebhooks(handlers, clock.world);

describe('the door for webhooks', () => {
  it('takes what the provider signed, and keeps no word of it but what happened to what', async () => {
    const sent = event({ account: 'acct_1' });
    expect((await post(sent)).status).toBe(200);
    expect(await stored(sent.id)).toMatchObject({
      type: 'charge.succeeded',
      objectId: sent.data.object.id,
      account: 'acct_1',
      handledAt: null,
    });
  });

  it('keeps a thousand copies of one webhook as one', async () => {
    const body = JSON.stringify(event());
    for (let sent = 0; sent < 20; sent += 1)
      await Promise.all(Array.from({ length: 50 }, async () => expect((await send(body)).status).toBe(200)));
    const { id } = JSON.parse(body);
    expect(await db.providerWebhook.count({ where: { id } })).toBe(1);
    let handled = 0;
    const handlers: WebhookHandlers = {
      'charge.succeeded': async (webhook) => {
        if (webhook.id === id) handled += 1;
        return 'handled';
      },
    };
    while ((await sweep(handlers)) > 0);
    expect(handled).toBe(1);
  });

  it.each([
    ['without a signature', null],
    ['with rubbish for one', 'rubbish'],
    ['with an empty one', ''],
    ['signed with another secret', signatureOf('{}', 'whsec_other', seconds())],
    ['signed over other bytes', signatureOf('{"id":"evt"}', 'whsec_double', seconds())],
    ['signed six minutes ago', signatureOf('{}', 'whsec_double', seconds() - 360)],
  ])('refuses a body %s with 400', async (_, signature) => {
    const answer = await send('{}', signature);
    expect(answer.status).toBe(400);
    expect((await answer.json()).reason).toBe('webhookInvalid');
  });

  it('takes any of several secrets, while one is replaced by another', async () => {
    process.env.STRIPE_WEBHOOK_SECRET = 'whsec_new, whsec_double';
    forgetEnv();
    const body = JSON.stringify(event());
    expect((await send(body)).status).toBe(200);
    expect((await send(body, signatureOf(body, 'whsec_new', seconds()))).status).toBe(200);
    process.env.STRIPE_WEBHOOK_SECRET = 'whsec_double';
    forgetEnv();
  });

  it.each([
    ['is no JSON', 'hello'],
    ['is null', 'null'],
    ['has no id', '{"type":"charge.succeeded","created":1}'],
    ['has an id that no database stores', '{"id":"evt\\u0000","type":"a","created":1}'],
    ['was made in no time', '{"id":"evt_x","type":"a","created":1e300}'],
    ['names its object by a list', '{"id":"evt_x","type":"a","created":1,"data":{"object":{"id":[1]}}}'],
  ])('refuses what is signed but %s', async (_, body) => {
    expect((await send(body)).status).toBe(400);
  });

  it('refuses more than a mebibyte', async () => {
    expect((await send(JSON.stringify(event({ more: 'x'.repeat(1_048_576) })))).status).toBe(413);
  });
});

describe('the sweep of webhooks', () => {
  it('hands each to the handler of its type, and puts away what nobody does anything about', async () => {
    const ours = event({ type: 'payout.paid' });
    const other = event({ type: 'invoice.created' });
    const prototype = event({ type: 'constructor' });
    const aboutNothing = event({ data: { object: {} } });
    const thin = event({
      type: 'v2.core.account.updated',
      created: clock.now().toISOString(),
      data: null,
      related_object: { id: 'acct_9' },
    });
    for (const each of [ours, other, prototype, aboutNothing, thin]) expect((await post(each)).status).toBe(200);
    const seen: string[] = [];
    const handler = async ({ objectId }: { objectId: string }) => {
      seen.push(objectId);
      return 'notOurs' as const;
    };
    await sweep({ 'payout.paid': handler, 'v2.core.account.updated': handler });
    expect(seen.sort()).toEqual(['acct_9', ours.data.object.id].sort());
    expect((await stored(ours.id))?.outcome).toBe('notOurs');
    for (const { id } of [other, prototype, aboutNothing]) expect((await stored(id))?.outcome).toBe('ignored');
  });

  it('tries again what failed, later and later, and lets the others pass', async () => {
    const bad = event({ type: 'charge.failed' });
    const good = event({ type: 'payout.paid' });
    await post(bad);
    await post(good);
    let tries = 0;
    const handlers: WebhookHandlers = {
      'charge.failed': async () => {
        tries += 1;
        if (tries < 3) throw new Error('Stripe is away.');
        return 'handled';
      },
      'payout.paid': async () => 'handled',
    };
    await sweep(handlers);
    expect((await stored(good.id))?.outcome).toBe('handled');
    expect(await stored(bad.id)).toMatchObject({ attempts: 1, lastError: 'Stripe is away.', handledAt: null });
    expect(await sweep(handlers)).toBe(0);
    clock.pass(10);
    await sweep(handlers);
    clock.pass(10);
    expect(await sweep(handlers)).toBe(0);
    clock.pass(10);
    await sweep(handlers);
    expect(await stored(bad.id)).toMatchObject({ outcome: 'handled', lastError: null });
  });

  it('is done once by workers that run at once', async () => {
    for (let sent = 0; sent < 30; sent += 1) await post(event({ type: 'payout.paid' }));
    const seen: string[] = [];
    const handlers: WebhookHandlers = {
      'payout.paid': async ({ id }) => {
        seen.push(id);
        return 'handled';
      },
    };
    await Promise.all([sweep(handlers), sweep(handlers), sweep(handlers)]);
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBe(30);
  });

  it('gives up after days, and leaves the row to be seen', async () => {
    const lost = event({ type: 'charge.failed' });
    await post(lost);
    await sql(`UPDATE provider_webhooks SET attempts = 99 WHERE id = $1`, [lost.id]);
    const fails: WebhookHandlers = { 'charge.failed': () => Promise.reject(new Error('never')) };
    await sweep(fails);
    clock.pass((30 * DAY) / 1_000);
    expect(await sweep(fails)).toBe(0);
    expect(await stored(lost.id)).toMatchObject({ attempts: 100, handledAt: null, lastError: 'never' });
  });

  it('cannot call something handled without an outcome', async () => {
    await expect(sql(`UPDATE provider_webhooks SET handled_at = now(), outcome = NULL`)).rejects.toThrow(
      'provider_webhooks_outcome',
    );
    await expect(sql(`UPDATE provider_webhooks SET handled_at = now(), outcome = 'lost'`)).rejects.toThrow(
      'provider_webhooks_outcome',
    );
  });
});
