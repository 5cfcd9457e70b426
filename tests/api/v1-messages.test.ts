import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { someKey } from '#tests/support/payouts.ts';
import { person } from '#tests/support/people.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
let market: RentalMarket;
let rental: RentalHand;
let tokens: Record<'renter' | 'host' | 'stranger' | 'admin', string>;
beforeEach(async () => {
  market = await rentalMarket();
  rental = await market.book();
  const tokenOf = async (who: Actor) => (await createApiToken(who, { label: 'test', days: 1 })).token;
  tokens = {
    renter: await tokenOf(market.renter),
    host: await tokenOf(market.host),
    stranger: await tokenOf(await person()),
    admin: await tokenOf(await person({ role: 'admin' })),
  };
});

type Who = keyof typeof tokens | null;
async function ask(who: Who, method: string, path: string, body?: unknown, key = someKey()) {
  const headers = {
    ...(who === null ? {} : { authorization: `Bearer ${tokens[who]}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    'idempotency-key': key,
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await v1.request(path, { method, headers, ...sent }, bindings);
  return { status: answer.status, body: await answer.json() };
}

describe('messages at the API', () => {
  it('are sent, read, marked, listed and reported', async () => {
    const path = `/bookings/${rental.id}/messages`;
    const key = someKey();
    const sent = await ask('renter', 'POST', path, { text: 'Hello' }, key);
    expect(sent.status).toBe(201);
    expect((await ask('renter', 'POST', path, { text: 'Hello' }, key)).body).toEqual(sent.body);
    expect((await ask('host', 'GET', '/threads?unread=true')).body.rows).toMatchObject([{ id: rental.id, unread: 1 }]);
    expect((await ask('host', 'GET', path)).body).toMatchObject({
      side: 'host',
      unread: 1,
      messages: [{ id: sent.body.id, text: 'Hello', side: 'renter', own: false, unread: true }],
    });
    expect((await ask('host', 'POST', `${path}/read`, { upTo: sent.body.id })).body).toEqual({ changed: true });
    expect((await ask('host', 'POST', `${path}/read`, { upTo: sent.body.id })).body).toEqual({ changed: false });
    expect((await ask('host', 'GET', '/threads?unread=true')).body.rows).toEqual([]);
    const report = await ask('host', 'POST', `/messages/${sent.body.id}/report`, { reason: 'Rude' });
    expect(report.status).toBe(201);
    const outcome = `/admin/message-reports/${report.body.id}/outcome`;
    expect((await ask('admin', 'GET', '/admin/message-reports')).body.rows).toMatchObject([
      { text: 'Hello', reason: 'Rude' },
    ]);
    expect((await ask('admin', 'POST', outcome, { outcome: 'Nothing' })).status).toBe(200);
    expect((await ask('admin', 'POST', outcome, { outcome: 'Nothing' })).status).toBe(409);
  });

  it('say at the field what is wrong', async () => {
    const path = `/bookings/${rental.id}/messages`;
    expect((await ask('renter', 'POST', path, { text: ' ' })).body.fields).toEqual({ text: 'Write something.' });
    expect((await ask('renter', 'POST', path, { text: 'x'.repeat(2_001) })).status).toBe(422);
    expect((await ask('renter', 'POST', path, {})).status).toBe(422);
    expect((await ask('renter', 'POST', path, { text: 'x' }, 'short')).status).toBe(422);
  });

  it('are each person’s own, whatever is asked', async () => {
    const { id } = (await ask('renter', 'POST', `/bookings/${rental.id}/messages`, { text: 'Hello' })).body;
    const thread = `/bookings/${rental.id}/messages`;
    // What each gets: guest, stranger, renter, host, admin.
    const rows: [string, string, unknown, readonly number[]][] = [
      ['GET', '/threads', undefined, [401, 200, 200, 200, 200]],
      ['GET', thread, undefined, [401, 404, 200, 200, 404]],
      ['POST', thread, { text: 'x' }, [401, 404, 201, 201, 404]],
      ['POST', `${thread}/read`, { upTo: id }, [401, 404, 200, 200, 404]],
      ['POST', `/messages/${id}/report`, { reason: 'x' }, [401, 404, 409, 201, 404]],
      ['GET', '/admin/message-reports', undefined, [401, 403, 403, 403, 200]],
      ['POST', '/admin/message-reports/mrp_none/outcome', { outcome: 'x' }, [401, 403, 403, 403, 404]],
      ['POST', `/admin/bookings/${rental.id}/thread`, { reason: 'x' }, [401, 403, 403, 403, 404]],
    ];
    const people = [null, 'stranger', 'renter', 'host', 'admin'] as const;
    for (const [method, path, body, expected] of rows) {
      const got = [];
      for (const who of people) got.push((await ask(who, method, path, body)).status);
      expect(got, `${method} ${path}`).toEqual(expected);
    }
  });
});
