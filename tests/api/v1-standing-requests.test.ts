import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let renter: string;
let host: string;
const token = async (who: Actor) => (await createApiToken(who, { label: 'test', days: 30 })).token;

beforeAll(async () => {
  market = await rentalMarket({ listing: { priceMicrosPerGpuHour: 5_000_000n } });
  // The door's clock is the world's.
  await db.machine.update({ where: { id: market.machineId }, data: { lastSyncAt: theWorld.now() } });
  renter = await token(market.renter);
  host = await token(market.host);
});

async function ask(bearer: string, method: string, path: string, body?: object) {
  const answer = await v1.request(
    path,
    {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        'idempotency-key': randomBytes(8).toString('hex'),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    { address: '203.0.113.9', cookieActor: null },
  );
  return { status: answer.status, body: (await answer.json()) as never as Told };
}
// biome-ignore lint/suspicious/noExplicitAny: the answers of a door, read as a client in any language would
type Told = any;

const wish = (change: object = {}) => ({
  mode: 'ask',
  image: 'ubuntu:24.04',
  models: ['RTX 4090'],
  diskBytes: String(2 ** 30),
  maxPriceMicrosPerGpuHour: '4000000',
  durationSeconds: 7_200,
  finishBy: new Date(theWorld.now().getTime() + 86_400_000).toISOString(),
  ...change,
});

it('a request is made, seen by a host, answered, accepted and closed through the API', async () => {
  const preview = await ask(renter, 'POST', '/standing-requests/preview', wish());
  expect(preview).toMatchObject({
    status: 200,
    body: { offered: 1, fitting: [], taken: 0, misfits: [{ misfit: 'price', offers: 1 }] },
  });
  expect(preview.body.nearest).toMatchObject([{ offer: { listingId: market.listingId }, lacks: ['price'] }]);

  const made = await ask(renter, 'POST', '/standing-requests', wish());
  expect(made).toMatchObject({
    status: 201,
    body: { state: 'open', actions: ['cancel', 'edit'], capMicros: '8010000' },
  });
  const { id } = made.body;
  const listed = await ask(renter, 'GET', '/standing-requests?state=waiting');
  expect(listed.body.rows).toMatchObject([{ id, openAnswers: 0 }]);

  const open = await ask(host, 'GET', '/host/standing-requests');
  expect(open.body.rows).toMatchObject([{ id, machines: [{ machineId: market.machineId, free: true }] }]);
  expect(JSON.stringify(open.body)).not.toContain(market.renter.userId);
  const machineId = market.machineId;
  const dear = await ask(host, 'POST', `/standing-requests/${id}/answers`, {
    machineId,
    priceMicrosPerGpuHour: '4000001',
  });
  expect(dear).toMatchObject({ status: 422, body: { reason: 'badInput' } });
  const price = { machineId, priceMicrosPerGpuHour: '3000000' };
  const first = await ask(host, 'POST', `/standing-requests/${id}/answers`, price);
  expect(first.status).toBe(201);
  expect((await ask(host, 'POST', `/standing-answers/${first.body.answerId}/withdraw`)).status).toBe(200);
  expect((await ask(host, 'POST', `/standing-answers/${first.body.answerId}/withdraw`)).status).toBe(409);
  const { answerId } = (await ask(host, 'POST', `/standing-requests/${id}/answers`, price)).body;

  const seen = await ask(renter, 'GET', `/standing-requests/${id}`);
  expect(seen.body.answers).toMatchObject([{ id: answerId, priceMicrosPerGpuHour: '3000000', whyNotAccept: null }]);
  // The host is not its renter.
  expect((await ask(host, 'GET', `/standing-requests/${id}`)).status).toBe(404);
  expect((await ask(host, 'POST', `/standing-answers/${answerId}/accept`, {})).status).toBe(404);

  const booked = await ask(renter, 'POST', `/standing-answers/${answerId}/accept`, { environment: { A: 'b' } });
  expect(booked).toMatchObject({ status: 201, body: { name: 'ubuntu', hasEnvironment: true } });
  const over = await ask(renter, 'GET', `/standing-requests/${id}`);
  expect(over.body).toMatchObject({ state: 'booked', bookingId: booked.body.id, report: null, actions: [] });
  expect((await ask(renter, 'POST', `/standing-requests/${id}/cancel`)).status).toBe(409);
  expect((await ask(renter, 'POST', `/standing-requests/${id}/resume`)).status).toBe(409);
  expect((await ask(host, 'GET', '/host/standing-requests')).body.rows).toEqual([]);
}, 30_000);

it('a request is changed while it waits, by its renter alone', async () => {
  const { body: made } = await ask(renter, 'POST', '/standing-requests', wish({ regions: ['asia'] }));
  const path = `/standing-requests/${made.id}`;
  const finishBy = new Date(theWorld.now().getTime() + 2 * 86_400_000).toISOString();
  const changed = await ask(renter, 'PATCH', path, { maxPriceMicrosPerGpuHour: '3000000', regions: [], finishBy });
  expect(changed).toMatchObject({ status: 200, body: { maxPriceMicrosPerGpuHour: '3000000', regions: [], finishBy } });
  expect((await ask(host, 'PATCH', path, { regions: ['asia'] })).status).toBe(404);
  expect((await ask(renter, 'PATCH', path, { maxPriceMicrosPerGpuHour: '0' })).status).toBe(422);
  await ask(renter, 'POST', `${path}/cancel`);
  expect((await ask(renter, 'PATCH', path, { regions: ['asia'] })).status).toBe(409);
});
