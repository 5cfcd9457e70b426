import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { type Person, person } from '#tests/support/people.ts';
import { listingOf, machineOf } from '#tests/support/stalls.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
let host: Person;
let machineId: string;
const tokens: Record<string, string | null> = { guest: null };

beforeAll(async () => {
  const now = theWorld.now();
  host = await person({ now });
  // It answers for as long as these tests take.
  const lastSyncAt = new Date(now.getTime() + 600_000);
  machineId = (await machineOf(host, { gpuCount: 2, lastSyncAt })).machineId;
  await listingOf(host, machineId, {});
  const token = async (who: Actor) => (await createApiToken(who, { label: 'test', days: 1 })).token;
  tokens.host = await token(host);
  tokens.otherHost = await token(await person({ now }));
  tokens.admin = await token(await person({ now, role: 'admin' }));
});

async function ask(who: string, method: string, path: string) {
  const token = tokens[who];
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const answer = await v1.request(path, { method, headers }, bindings);
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

const SPAN = 'startsAt=2036-01-01T00:00:00Z&endsAt=2036-01-01T02:00:00Z';
/** Each operation on a machine: how its host is answered; nobody else finds the machine, staff have pages of their own. */
const OF_A_MACHINE = [
  ['GET', '', 200],
  ['GET', '/self-test', 200],
  ['POST', '/self-test', 200],
  ['GET', '/rentals', 200],
  ['GET', '/metrics', 200],
  ['GET', '/agent-log', 200],
  ['GET', '/agent-log?since=0', 200],
  ['GET', '/agent-log.txt', 200],
  ['GET', `/blocks/outlook?${SPAN}`, 422],
] as const;

describe('who may do what with a machine', () => {
  it.each(OF_A_MACHINE)('%s …%s: its host only', async (method, part, status) => {
    const path = `/machines/${machineId}${part}`;
    for (const who of ['otherHost', 'admin']) expect((await ask(who, method, path)).status, who).toBe(404);
    expect((await ask('guest', method, path)).status).toBe(401);
    const answer = await v1.request(path, { method, headers: { authorization: `Bearer ${tokens.host}` } }, bindings);
    expect(answer.status).toBe(status);
  });

  it.each([
    ['GET', '/host/onboarding', 200],
    ['GET', '/host', 200],
    ['POST', '/enrolment-codes', 201],
  ])('%s %s: everybody of their own, no guest', async (method, path, status) => {
    for (const who of ['host', 'otherHost', 'admin']) expect((await ask(who, method, path)).status, who).toBe(status);
    expect((await ask('guest', method, path)).status).toBe(401);
  });

  it('names another’s machine in no checklist', async () => {
    expect((await ask('otherHost', 'GET', `/host/onboarding?machine=${machineId}`)).status).toBe(404);
    expect((await ask('otherHost', 'GET', '/host/onboarding')).body).toMatchObject({ machineId: null });
  });

  it('is all in the description of the API', async () => {
    const { paths } = (await (await v1.request('/openapi.json', {}, bindings)).json()) as { paths: object };
    for (const [method, part] of OF_A_MACHINE)
      expect(paths).toHaveProperty([`/machines/{id}${part.replace(/\?.*/, '')}`, method.toLowerCase()]);
  });
});

describe('a machine at the API', () => {
  it('says everything that its page says', async () => {
    const { body } = await ask('host', 'GET', `/machines/${machineId}`);
    expect(body).toMatchObject({
      id: machineId,
      health: 'online',
      agent: { version: 'test', versionState: 'unknown' },
    });
    expect(body.gpus).toHaveLength(2);
    expect(body.gpus).toMatchObject([{ now: null, next: null }, {}]);
  });

  it('is asked for its self-test once, and then says that it is awaited', async () => {
    expect((await ask('host', 'POST', `/machines/${machineId}/self-test`)).status).toBe(409);
    expect((await ask('host', 'GET', `/machines/${machineId}/self-test`)).body).toMatchObject({ awaited: true });
  });

  it('is listed by a checklist whose steps follow from facts', async () => {
    const made = await ask('otherHost', 'POST', '/enrolment-codes');
    expect(made.body.line).toContain(`install.sh | sudo sh -s -- ${made.body.code}`);
    const { body } = await ask('otherHost', 'GET', '/host/onboarding');
    expect(body).toMatchObject({ current: 'agent', codeExpiresAt: made.body.expiresAt });
    expect(body.steps).toHaveLength(8);
  });
});
