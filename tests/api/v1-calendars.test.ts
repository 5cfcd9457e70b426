import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { DAY, HOUR, theWorld } from '#lib/base/time.ts';
import { person } from '#tests/support/people.ts';
import { movableClock, renterWith } from '#tests/support/rental.ts';
import { listingOf, machineOf } from '#tests/support/stalls.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
let machineId: string;
let listingId: string;
let ofHost: string;
let ofRenter: string;
let ofAdmin: string;
/** A whole hour, two days ahead. */
const starts = new Date(Math.ceil(theWorld.now().getTime() / HOUR) * HOUR + 2 * DAY);
const inHours = (hours: number) => new Date(starts.getTime() + hours * HOUR).toISOString();

beforeAll(async () => {
  const now = theWorld.now();
  const host = await person({ now });
  const renter: Actor = await renterWith(500, movableClock());
  machineId = (await machineOf(host, { gpuCount: 2, lastSyncAt: now })).machineId;
  listingId = await listingOf(host, machineId, { priceMicrosPerGpuHour: 1_000_000n });
  ofHost = (await createApiToken(host, { label: 'test', days: 1 })).token;
  ofAdmin = (await createApiToken(await person({ now, role: 'admin' }), { label: 'test', days: 1 })).token;
  ofRenter = (await createApiToken(renter, { label: 'test', days: 1 })).token;
});

async function ask(
  token: string | null,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) {
  const answer = await v1.request(
    path,
    {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    bindings,
  );
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('calendars at the public API', () => {
  it('a host sets hours, takes time out and gives it back', async () => {
    const path = `/machines/${machineId}/calendar`;
    const rules = {
      zone: 'UTC',
      hours: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1_440 }],
      cancellation: 'flexible',
    };
    expect((await ask(null, 'PUT', path, rules)).status).toBe(401);
    expect((await ask(ofRenter, 'PUT', path, rules)).status).toBe(404);
    expect(await ask(ofHost, 'PUT', path, { ...rules, zone: 'Moon' })).toMatchObject({
      status: 422,
      body: { fields: { zone: expect.any(String) } },
    });
    expect(
      await ask(ofHost, 'PUT', path, { ...rules, hours: [{ days: [9], fromMinute: 0, toMinute: 60 }] }),
    ).toMatchObject({ status: 422 });
    expect(await ask(ofHost, 'PUT', path, rules)).toMatchObject({
      status: 200,
      body: { isSet: true, isOpen: true, calendar: { cancellation: 'flexible', leastSeconds: 300 } },
    });
    const set = await ask(ofHost, 'POST', `/machines/${machineId}/blocks`, {
      startsAt: inHours(10),
      endsAt: inHours(12),
      note: 'mine',
    });
    expect(set).toMatchObject({ status: 201, body: { shortened: 0 } });
    expect((await ask(ofHost, 'GET', path)).body).toMatchObject({ blocks: [{ note: 'mine', startsAt: inHours(10) }] });
    expect(
      (await ask(ofHost, 'POST', `/machines/${machineId}/blocks`, { startsAt: inHours(11), endsAt: inHours(13) }))
        .status,
    ).toBe(422);
    const gone = `/machines/${machineId}/blocks/${set.body.blockId}`;
    expect(await ask(ofHost, 'DELETE', gone)).toMatchObject({ status: 200, body: { blocks: [] } });
    expect((await ask(ofHost, 'DELETE', gone)).status).toBe(404);
  });

  it('a host pauses a machine until an instant, and offers it again before; it is nobody else’s to pause', async () => {
    const path = `/machines/${machineId}/pause`;
    const until = inHours(20);
    expect((await ask(null, 'POST', path, { until })).status).toBe(401);
    expect((await ask(null, 'DELETE', path)).status).toBe(401);
    for (const token of [ofRenter, ofAdmin]) {
      expect((await ask(token, 'POST', path, { until })).status).toBe(404);
      expect((await ask(token, 'DELETE', path)).status).toBe(404);
    }
    expect((await ask(ofHost, 'POST', path, { until: 'Monday' })).status).toBe(422);
    expect((await ask(ofHost, 'DELETE', path)).status).toBe(409);
    expect(await ask(ofHost, 'POST', path, { until })).toMatchObject({ status: 200, body: { pausedUntil: until } });
    expect((await ask(ofHost, 'GET', `/machines/${machineId}`)).body).toMatchObject({ pausedUntil: until });
    expect((await ask(ofHost, 'GET', '/machines')).body).toMatchObject({ rows: [{ pausedUntil: until }] });
    expect((await ask(ofHost, 'GET', `/machines/${machineId}/calendar`)).body).toMatchObject({
      isOpen: false,
      blocks: [{ kind: 'pause', endsAt: until }],
    });
    expect(await ask(ofHost, 'DELETE', path)).toMatchObject({ status: 200, body: { pausedUntil: null } });
  });

  it('a renter finds a window, reserves it, sees it and gives it back', async () => {
    const ahead = `/listings/${listingId}/windows?gpus=2&from=${inHours(-1)}&until=${inHours(30)}`;
    expect((await ask(null, 'GET', ahead)).body).toMatchObject({
      gpuCount: 2,
      cancellation: { sentence: expect.stringContaining('1 hour') },
      windows: [{ startsAt: inHours(-1), endsAt: inHours(30), freeGpus: 2 }],
    });
    expect(
      (await ask(null, 'GET', `/listings/${listingId}/windows?from=${inHours(1)}&until=${inHours(0)}`)).status,
    ).toBe(422);
    expect((await ask(null, 'GET', `/listings/${listingId}/windows?from=now`)).status).toBe(422);
    expect((await ask(null, 'GET', '/listings/lst_none/windows')).status).toBe(404);

    const wanted = { listingId, gpuCount: 2, diskBytes: '1073741824', startsAt: inHours(0) };
    expect(await ask(ofRenter, 'POST', '/quotes', wanted)).toMatchObject({
      status: 422,
      body: { fields: { durationSeconds: expect.any(String) } },
    });
    expect(
      (await ask(ofRenter, 'POST', '/quotes', { ...wanted, durationSeconds: 3_600, startsAt: 'soon' })).status,
    ).toBe(422);
    const quote = await ask(ofRenter, 'POST', '/quotes', { ...wanted, durationSeconds: 4 * 3_600 });
    expect(quote).toMatchObject({
      status: 201,
      body: {
        endsAt: inHours(4),
        reserved: { startsAt: inHours(0), cancelFreeUntil: inHours(-1), cancelMicros: '800000' },
      },
    });
    const key = { 'idempotency-key': randomBytes(8).toString('hex') };
    const order = { quoteId: quote.body.id, image: 'ubuntu:24.04' };
    const made = await ask(ofRenter, 'POST', '/bookings', order, key);
    expect(made).toMatchObject({
      status: 201,
      body: {
        kind: 'reserved',
        startsAt: inHours(0),
        endsAt: inHours(4),
        actions: expect.arrayContaining(['cancel']),
        cancellation: { dueMicros: '0' },
      },
    });
    expect((await ask(null, 'GET', ahead)).body.windows).toEqual([
      { startsAt: inHours(-1), endsAt: inHours(0), freeGpus: 2 },
      { startsAt: inHours(4), endsAt: inHours(30), freeGpus: 2 },
    ]);
    const mine = await ask(ofRenter, 'GET', `/calendar?from=${inHours(-1)}&until=${inHours(30)}`);
    expect(mine.body.rows).toMatchObject([{ bookingId: made.body.id, gpuCount: 2, kind: 'reserved' }]);
    const blocked = await ask(ofHost, 'POST', `/machines/${machineId}/blocks`, {
      startsAt: inHours(3),
      endsAt: inHours(9),
    });
    expect(blocked).toMatchObject({ status: 409, body: { reason: 'windowBooked' } });
    const given = await ask(ofRenter, 'POST', `/bookings/${made.body.id}/cancel`, { seenCancellationMicros: '0' });
    expect(given).toMatchObject({ status: 200, body: { desired: 'ended', reason: 'renterCancelled' } });
    expect((await ask(ofRenter, 'POST', `/bookings/${made.body.id}/cancel`)).status).toBe(409);
    expect((await ask(ofRenter, 'GET', `/calendar?from=${inHours(-1)}&until=${inHours(30)}`)).body.rows).toEqual([]);
  });
});
