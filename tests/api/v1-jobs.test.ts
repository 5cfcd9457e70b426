import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { followJobs } from '#lib/jobs/follow-jobs.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { jobMarket } from '#tests/support/jobs.ts';
import { person } from '#tests/support/people.ts';

afterEach(expectBooksBalance);

const bindings = { address: '203.0.113.9', cookieActor: null };
async function asker(who: Actor) {
  const { token } = await createApiToken(who, { label: 'test', days: 1 });
  return async (method: string, path: string, body?: unknown, key = `job-key-${randomBytes(8).toString('hex')}`) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': key } : {}),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await v1.request(path, { method, headers, ...sent }, bindings);
    return { status: answer.status, body: await answer.json() };
  };
}

const plain = { image: 'sublet/busybox:latest', command: ['true'], diskBytes: 1_073_741_824 };

describe('jobs at the API', () => {
  it('are submitted, listed, looked into and cancelled, with all that their pages show', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const ask = await asker(market.renter);
    const made = await ask('POST', '/jobs', { ...plain, size: 3, name: 'sweep' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'sweep',
        size: 3,
        counts: { waiting: 3, running: 0 },
        waiting: { sentence: expect.any(String) },
        chargedMicros: '0',
        ahead: 0,
        needs: { gpuCount: 1, diskBytes: '1073741824' },
        actions: ['cancel'],
      },
    });
    const { id } = made.body;
    await db.machine.updateMany({ data: { lastSyncAt: theWorld.now() } });
    await placeJobs();
    expect((await ask('GET', `/jobs/${id}`)).body).toMatchObject({
      counts: { waiting: 2, placed: 1 },
      waiting: { report: { fitting: 0, needed: 1, misfits: [{ misfit: 'gpusTaken', machines: 1 }], hold: null } },
      heldMicros: expect.stringMatching(/^[1-9]\d+$/),
    });
    expect((await ask('GET', '/jobs?state=live')).body).toMatchObject({ rows: [{ id }], next: null });
    const placed = await ask('GET', `/jobs/${id}/members?state=placed`);
    expect(placed.body.rows).toMatchObject([{ index: 0, observed: 'placed', attempts: 1, exitCode: null }]);
    expect((await ask('GET', `/jobs/${id}/members?after=0`)).body.rows).toHaveLength(2);
    const one = await ask('GET', `/jobs/${id}/members/0`);
    expect(one.body).toMatchObject({ tries: [{ number: 1, bookings: [{ rank: 0, gpuModel: 'RTX 4090' }] }] });
    const { bookingId } = one.body.tries[0].bookings[0];
    await db.logChunk.create({
      data: { bookingId, offset: 0n, stream: 'stdout', text: 'hello\n', at: theWorld.now() },
    });
    expect((await ask('GET', `/jobs/${id}/members/0/logs`)).body).toMatchObject({
      bookingId,
      rows: [{ text: 'hello\n' }],
    });
    expect((await ask('GET', `/jobs/${id}/members/1/logs`)).status).toBe(404);
    expect((await ask('POST', `/jobs/${id}/members/1/cancel`)).body).toMatchObject({ outcome: 'cancelled' });
    expect((await ask('POST', `/jobs/${id}/members/1/cancel`)).status).toBe(409);
    expect((await ask('POST', `/jobs/${id}/cancel`)).body).toMatchObject({ counts: { cancelled: 2 } });
    expect((await ask('POST', `/jobs/${id}/cancel`)).status).toBe(409);
    await followJobs();
    expect((await ask('GET', `/jobs/${id}`)).body).toMatchObject({
      counts: { cancelled: 3 },
      actions: [],
      waiting: null,
    });
  });

  it('are one for one key, and of others not found', async () => {
    const market = await jobMarket();
    const ask = await asker(market.renter);
    await db.machine.updateMany({ data: { lastSyncAt: theWorld.now() } });
    const first = await ask('POST', '/jobs', plain, 'the-same-job-key');
    expect((await ask('POST', '/jobs', plain, 'the-same-job-key')).body.id).toBe(first.body.id);
    const stranger = await asker(await person({ now: theWorld.now() }));
    for (const path of ['', '/members', '/members/0', '/members/0/logs'])
      expect((await stranger('GET', `/jobs/${first.body.id}${path}`)).status).toBe(404);
    for (const path of ['/cancel', '/members/0/cancel'])
      expect((await stranger('POST', `/jobs/${first.body.id}${path}`)).status).toBe(404);
    expect((await stranger('GET', '/jobs')).body.rows).toEqual([]);
  });

  it.each([
    ['size', { size: 10_001 }],
    ['size', { size: 0 }],
    ['machines', { machines: 65 }],
    ['gpuCount', { gpuCount: 0 }],
    ['retries', { retries: -1 }],
    ['runSeconds', { runSeconds: 59 }],
    ['runSeconds', { runSeconds: 2_592_001 }],
    ['command', { command: [''] }],
    ['command', { command: [] }],
    ['capMicros', { capMicros: '0' }],
    ['maxPriceMicrosPerGpuHour', { maxPriceMicrosPerGpuHour: '0' }],
    ['regions', { regions: ['Atlantis'] }],
    ['deadline', { deadline: '2020-01-01T00:00:00Z' }],
    ['artifactsPath', { artifactsPath: 'results' }],
    ['checkpointPath', { checkpointPath: '/a/../../etc' }],
    ['environment', { environment: { SUBLET_JOB_ID: 'mine' } }],
    ['environment', { environment: { '1X': 'y' } }],
    ['diskBytes', { diskBytes: 1 }],
  ])('refuse a wrong %s in words: %j', async (field, change) => {
    const ask = await asker((await jobMarket()).renter);
    const { status, body } = await ask('POST', '/jobs', { ...plain, ...change });
    expect(status).toBe(422);
    expect(Object.keys(body.fields)).toContain(field);
  });

  it('tell at once what nothing can meet', async () => {
    const market = await jobMarket();
    await db.machine.updateMany({ data: { lastSyncAt: theWorld.now() } });
    const ask = await asker(market.renter);
    const { status, body } = await ask('POST', '/jobs', { ...plain, models: ['No Such GPU'] });
    expect({ status, reason: body.reason }).toEqual({ status: 422, reason: 'nothingFits' });
    expect(body.detail).toContain('Nearest:');
    expect((await ask('POST', '/jobs', { ...plain, models: ['No Such GPU'], anyway: true })).status).toBe(201);
  });
});
