import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { theWorld } from '#lib/base/time.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { earn, someKey } from '#tests/support/payouts.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

const bindings = { address: '203.0.113.9', cookieActor: null };

async function host(dollars: bigint) {
  const who = await person({ now: theWorld.now() });
  if (dollars > 0n) await earn(who, dollars * DOLLAR, { ...movableClock(), now: theWorld.now });
  return { who, token: (await createApiToken(who, { label: 'test', days: 1 })).token };
}

async function ask(token: string, method: string, path: string, body?: unknown, key: string | null = someKey()) {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === null ? {} : { 'idempotency-key': key }),
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await v1.request(path, { method, headers, ...sent }, bindings);
  return { status: answer.status, body: await answer.json() };
}

describe('payouts at the API', () => {
  it('are asked for, listed and read, and everything of the page is there', async () => {
    const { token } = await host(100n);
    const account = await ask(token, 'GET', '/payout-account');
    expect(account.body).toMatchObject({
      provider: 'sandbox',
      payableMicros: '100000000',
      availableMicros: '90000000',
      keepsBackMicros: '10000000',
      whyNot: null,
      account: { state: 'ready' },
      terms: { minimumMicros: '10000000', reserveDays: 14 },
    });
    const made = await ask(token, 'POST', '/payouts', {});
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ amountMicros: '90000000', state: 'asked', provider: 'sandbox' });
    expect((await ask(token, 'GET', `/payouts/${made.body.id}`)).body).toEqual(made.body);
    expect((await ask(token, 'GET', '/payouts')).body).toEqual({ rows: [made.body], next: null });
    const after = await ask(token, 'GET', '/payout-account');
    expect(after.body.current.id).toBe(made.body.id);
    expect(after.body.reserves).toHaveLength(1);
  });

  it('are one for one key, and of others not found', async () => {
    const { token } = await host(100n);
    const key = someKey();
    const first = await ask(token, 'POST', '/payouts', { amountMicros: '20000000' }, key);
    expect((await ask(token, 'POST', '/payouts', { amountMicros: '20000000' }, key)).body.id).toBe(first.body.id);
    expect((await ask(token, 'POST', '/payouts', { amountMicros: '30000000' }, key)).status).toBe(409);
    const other = await host(0n);
    expect((await ask(other.token, 'GET', `/payouts/${first.body.id}`)).status).toBe(404);
    expect((await ask(other.token, 'GET', '/payouts')).body.rows).toEqual([]);
  });

  it.each([
    ['less than nothing', { amountMicros: '-20000000' }],
    ['nothing', { amountMicros: '0' }],
    ['a fraction of a cent', { amountMicros: '20000001' }],
    ['ten to the fifteenth', { amountMicros: '1000000000000000' }],
    ['a number', { amountMicros: 20 }],
    ['words', { amountMicros: 'all of it' }],
  ])('of %s are refused with the field', async (_, body) => {
    const { token } = await host(100n);
    const refused = await ask(token, 'POST', '/payouts', body);
    expect(refused.status).toBe(422);
    expect(Object.keys(refused.body.fields)).toEqual(['amountMicros']);
  });

  it('need a key and somebody who is signed in', async () => {
    const { token } = await host(100n);
    expect((await ask(token, 'POST', '/payouts', {}, null)).status).toBe(422);
    expect((await ask('no-such-token', 'GET', '/payouts')).status).toBe(401);
  });
});
