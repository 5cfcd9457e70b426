import '#tests/support/database.ts';
import { expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { person } from '#tests/support/people.ts';
import { offered } from '#tests/support/random-market.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };

async function asPerson() {
  const who = await person();
  const { token } = await createApiToken(who, { label: 'test', days: 30 });
  return async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await v1.request(
      path,
      { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      bindings,
    );
    return { status: answer.status, body: (await answer.json()) as { id?: string; rows?: object[]; reason?: string } };
  };
}

it('a search is kept, changed and forgotten through the API, and nobody else’s is found', async () => {
  const [ada, bob] = [await asPerson(), await asPerson()];
  await offered(await person(), { model: 'RTX 4090', lastSyncAt: new Date() });
  const wish = { name: 'cheap ones', query: 'model=RTX+4090&nonsense=1', tellsNew: true };
  const made = await ada('POST', '/saved-searches', wish);
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'cheap ones', query: 'model=RTX+4090', offers: 1, everySeconds: 86_400, toldAt: null },
  });
  expect(await ada('POST', '/saved-searches', wish)).toMatchObject({ status: 409, body: { reason: 'conflict' } });
  const path = `/saved-searches/${made.body.id}`;
  const changes = { name: 'cheaper', belowMicrosPerGpuHour: '250000', everySeconds: 3_600, byMail: true };
  for (const [method, body] of [['GET'], ['PUT', changes], ['DELETE']] as const)
    expect((await bob(method, path, body)).status).toBe(404);
  expect((await bob('GET', '/saved-searches')).body.rows).toEqual([]);
  expect(await ada('PUT', path, changes)).toMatchObject({ status: 200, body: { ...changes, tellsNew: false } });
  for (const wrong of [
    { everySeconds: 60 },
    { name: '' },
    { name: 'x', belowMicrosPerGpuHour: '-1' },
    { name: 'x', belowMicrosPerGpuHour: '0' },
    { name: ' ' },
    { name: 'a\u0007b' },
  ])
    expect((await ada('PUT', path, { name: 'x', ...wrong })).status).toBe(422);
  expect((await ada('GET', '/saved-searches')).body.rows).toHaveLength(1);
  expect((await ada('DELETE', path)).status).toBe(200);
  expect((await ada('GET', path)).status).toBe(404);
  const guest = await v1.request('/saved-searches', {}, bindings);
  expect(guest.status).toBe(401);
});
