import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { someKey } from '#tests/support/payouts.ts';
import { GIB } from '#tests/support/stalls.ts';

afterEach(expectBooksBalance);

const bindings = { address: '203.0.113.9', cookieActor: null };
let market: Bidding;
let renter: string;
let host: string;
const tokenOf = async (who: Actor) => (await createApiToken(who, { label: 'test', days: 1 })).token;
beforeEach(async () => {
  market = await bidding();
  // The doors go by the real clock.
  await db.machine.update({ where: { id: market.machineId }, data: { lastSyncAt: theWorld.now() } });
  [renter, host] = await Promise.all([tokenOf(market.renter), tokenOf(market.host)]);
});

async function ask(token: string | null, method: string, path: string, body?: unknown, key = someKey()) {
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    'idempotency-key': key,
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await v1.request(path, { method, headers, ...sent }, bindings);
  return { status: answer.status, body: await answer.json() };
}

const wish = (more: object = {}) => ({
  listingId: market.listingId,
  diskBytes: GIB,
  microsPerGpuHour: '2000000',
  image: 'ubuntu:24.04',
  ...more,
});

describe('bids at the API', () => {
  it('wish for places and trust, carry variables that nobody reads back, and have a cap that can be moved', async () => {
    process.env.SUBLET_SECRETS_KEY = randomBytes(32).toString('base64url');
    forgetEnv();
    await db.machine.update({ where: { id: market.machineId }, data: { country: 'DE' } });
    const wished = {
      regions: ['europe'],
      leastTrust: 'selfTested',
      capMicros: '9000000',
      environment: { A: 'secret' },
    };
    const made = await ask(renter, 'POST', '/bids', wish(wished));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      regions: ['europe'],
      leastTrust: 'selfTested',
      capMicros: '9000000',
      spentMicros: '0',
      hasEnvironment: true,
    });
    expect(JSON.stringify(made.body)).not.toContain('secret');
    const path = `/bids/${made.body.id}`;
    const edit = (body: object) => ask(renter, 'PATCH', path, { microsPerGpuHour: '2000000', ...body });
    expect((await edit({ capMicros: '12000000' })).body.capMicros).toBe('12000000');
    expect((await edit({})).body.capMicros).toBe('12000000');
    expect((await edit({ capMicros: null })).body.capMicros).toBeNull();
    const wrong = await ask(renter, 'POST', '/bids', wish({ regions: ['US'] }));
    expect(wrong.status).toBe(422);
    expect(JSON.stringify(wrong.body)).toContain('No machine that takes such bids is there now');
  });

  it('are made, listed, read, changed and taken back', async () => {
    const made = await ask(renter, 'POST', '/bids', wish());
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      models: ['RTX 4090'],
      microsPerGpuHour: '2000000',
      phase: 'waiting',
      rental: null,
      mostMicrosPerGpuHour: null,
      actions: ['edit', 'cancel'],
    });
    const path = `/bids/${made.body.id}`;
    expect((await ask(renter, 'GET', path)).body).toEqual(made.body);
    expect((await ask(renter, 'GET', '/bids?state=open')).body.rows).toEqual([made.body]);
    const edited = await ask(renter, 'PATCH', path, { microsPerGpuHour: '2500000' });
    expect(edited.body.microsPerGpuHour).toBe('2500000');
    const over = await ask(renter, 'DELETE', path);
    expect(over.body).toMatchObject({ phase: 'closed', sentence: 'You took it back.', actions: [] });
    expect((await ask(renter, 'DELETE', path)).status).toBe(409);
    expect((await ask(renter, 'PATCH', path, { microsPerGpuHour: '1' })).status).toBe(409);
    expect((await ask(renter, 'GET', '/bids?state=open')).body.rows).toEqual([]);
  });

  it('are of others not found, of strangers not taken, and once under one key', async () => {
    const key = someKey();
    const made = await ask(renter, 'POST', '/bids', wish(), key);
    expect((await ask(renter, 'POST', '/bids', wish(), key)).body.id).toBe(made.body.id);
    expect((await ask(renter, 'POST', '/bids', wish({ microsPerGpuHour: '3' }), key)).status).toBe(409);
    expect((await ask(host, 'GET', `/bids/${made.body.id}`)).status).toBe(404);
    expect((await ask(host, 'DELETE', `/bids/${made.body.id}`)).status).toBe(404);
    expect((await ask(null, 'POST', '/bids', wish())).status).toBe(401);
  });

  it('say at each field what is wrong', async () => {
    for (const microsPerGpuHour of ['0', '1000000001', '1000000000000000'])
      expect((await ask(renter, 'POST', '/bids', wish({ microsPerGpuHour }))).body.fields).toHaveProperty(
        'microsPerGpuHour',
      );
    expect((await ask(renter, 'POST', '/bids', wish({ microsPerGpuHour: '-1' }))).status).toBe(422);
    expect((await ask(renter, 'POST', '/bids', wish({ gpuCount: 65 }))).body.fields).toHaveProperty('gpuCount');
    const nowhere = await ask(renter, 'POST', '/bids', wish({ listingId: null, models: ['GTX 1'] }));
    expect(nowhere.body.fields.models).toContain('GTX 1');
    expect((await ask(renter, 'POST', '/bids', wish({ listingId: null }))).body.fields).toHaveProperty('models');
    expect((await ask(renter, 'POST', '/bids', wish({ image: 'NO IMAGE' }))).status).toBe(422);
  });

  it('have their prices and odds where anybody can see them', async () => {
    market = await bidding({ machine: { model: 'L40S' } });
    await market.bid(market.renter, 3);
    await market.clear();
    const { rows } = (await ask(null, 'GET', '/clearing-prices?model=L40S&gpuCount=2&microsPerGpuHour=1900000')).body;
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      model: 'L40S',
      microsPerGpuHour: '1800000',
      // Two GPUs: the free one, and the one of the bid of $3, whose worth above the host's ask is to be outdone.
      entryMicros: '2400001',
      offeredGpus: 2,
      rentedGpus: 1,
      waitingGpus: 0,
    });
    expect(rows[0].odds.sentence).toMatch(/It would have run 0 %/);
    expect((await ask(null, 'GET', '/clearing-prices?gpuCount=0')).status).toBe(422);
    expect((await ask(null, 'GET', '/clearing-prices?model=L40S')).body.rows[0].odds).toBeNull();
  });

  it('are taken by a host who says so, and by nobody else’s word', async () => {
    const path = `/machines/${market.machineId}/bids`;
    expect((await ask(renter, 'PUT', path, { takesBids: true })).status).toBe(404);
    expect((await ask(host, 'PUT', path, { takesBids: true, floor: '0' })).body.fields).toHaveProperty('floor');
    expect((await ask(host, 'PUT', path, { takesBids: true, floor: '0.25' })).body).toEqual({ takesBids: true });
    const { takesBids, bidFloorMicrosPerGpuHour } = await db.listing.findUniqueOrThrow({
      where: { id: market.listingId },
    });
    expect([takesBids, bidFloorMicrosPerGpuHour]).toEqual([true, 250_000n]);
    await ask(host, 'PUT', path, { takesBids: false });
    expect((await ask(renter, 'POST', '/bids', wish())).status).toBe(409);
  });
});

describe('the default job of a machine at the API', () => {
  it('is set and read by its host, and by nobody else', async () => {
    const path = `/machines/${market.machineId}/default-job`;
    expect((await ask(host, 'GET', path)).body).toEqual({ job: null });
    const made = await ask(host, 'PUT', path, { image: 'folding:1', command: ['fold'] });
    expect(made.body.job).toMatchObject({ image: 'folding:1', command: ['fold'], state: null });
    expect((await ask(host, 'GET', path)).body).toEqual(made.body);
    expect((await ask(renter, 'GET', path)).status).toBe(404);
    expect((await ask(renter, 'PUT', path, { image: 'x:1' })).status).toBe(404);
    expect((await ask(host, 'PUT', path, { image: 'NO IMAGE' })).status).toBe(422);
    expect((await ask(host, 'PUT', path, { image: null })).body).toEqual({ job: null });
  });
});
