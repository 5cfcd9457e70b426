import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { theWorld } from '#lib/base/time.ts';
import { PASSWORD, type Person, person } from '#tests/support/people.ts';
import { withTwoStep } from '#tests/support/two-step.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
let ada: Person;
let eve: Person;
let token: string;
let evesToken: string;

beforeAll(async () => {
  ada = await person({ now: theWorld.now() });
  eve = await person({ now: theWorld.now() });
  token = (await createApiToken(ada, { label: 'test', days: 1 })).token;
  evesToken = (await createApiToken(eve, { label: 'hers', days: 1 })).token;
});

async function ask(given: string | null, method: string, path: string, body?: unknown) {
  const headers: Record<string, string> = given === null ? {} : { authorization: `Bearer ${given}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await v1.request(path, { method, headers, ...sent }, bindings);
  return { status: answer.status, body: await answer.json() };
}

describe('an account at the API', () => {
  it('is read and changed by its owner', async () => {
    expect((await ask(token, 'GET', '/account')).body).toMatchObject({
      name: ada.name,
      email: ada.email,
      timeZone: null,
      shortcutsOff: false,
    });
    const change = {
      name: 'Ada L.',
      timeZone: 'Europe/Berlin',
      locale: 'de-DE',
      shortcutsOff: true,
      theme: 'dark',
      lowBalanceMicros: '5000000',
    };
    expect((await ask(token, 'PATCH', '/account', change)).body).toMatchObject(change);
    expect((await ask(token, 'PATCH', '/account', { timeZone: null })).body).toMatchObject({
      timeZone: null,
      locale: 'de-DE',
    });
    expect((await ask(evesToken, 'GET', '/account')).body).toMatchObject({ name: eve.name, locale: null });
  });

  it.each([
    ['a zone that there is not', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['a way to write dates that there is not', { locale: 'xx' }, 'locale'],
    ['a name of nothing', { name: ' ' }, 'name'],
    ['a bound of nothing', { lowBalanceMicros: '0' }, 'lowBalanceMicros'],
    ['a theme that there is not', { theme: 'pink' }, 'theme'],
    ['a word for yes', { shortcutsOff: 'yes' }, 'shortcutsOff'],
  ])('takes no %s', async (_, body, field) => {
    const refused = await ask(token, 'PATCH', '/account', body);
    expect(refused.status).toBe(422);
    expect(Object.keys(refused.body.fields)).toEqual([field]);
  });

  it('is nobody else’s', async () => {
    for (const [method, path, body] of [
      ['GET', '/account', undefined],
      ['PATCH', '/account', {}],
      ['GET', '/sessions', undefined],
      ['GET', '/account/deletion', undefined],
      ['DELETE', `/sessions/${ada.sessionId}`, undefined],
    ] as const)
      expect((await ask(null, method, path, body)).status, `${method} ${path}`).toBe(401);
    expect((await ask(evesToken, 'DELETE', `/sessions/${ada.sessionId}`)).status).toBe(404);
    const hers = (await ask(evesToken, 'GET', '/sessions')).body.rows.map((row: { id: string }) => row.id);
    expect(hers).not.toContain(ada.sessionId);
  });

  it('says what stands in the way of leaving', async () => {
    expect((await ask(token, 'GET', '/account/deletion')).body).toEqual({
      askedAt: null,
      dueAt: null,
      walletMicros: '0',
      holds: [],
    });
  });

  it('lists its sessions without their whole address, and ends one', async () => {
    const { rows } = (await ask(token, 'GET', '/sessions')).body;
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ kind: 'api', current: true, twoStep: true });
    expect((await ask(token, 'DELETE', `/sessions/${ada.sessionId}`)).status).toBe(200);
    expect((await ask(token, 'GET', '/sessions')).body.rows).toHaveLength(1);
  });
});

describe('signing in at the API', () => {
  it('says that a code is needed, takes it, and shows from where only coarsely', async () => {
    const ben = await person({ now: theWorld.now() });
    const { codes } = await withTwoStep(ben, theWorld);
    const typed = { email: ben.email, password: PASSWORD, label: 'a script' };
    const half = await ask(null, 'POST', '/sessions', typed);
    expect(half).toMatchObject({ status: 401, body: { reason: 'codeNeeded' } });
    expect((await ask(null, 'POST', '/sessions', { ...typed, code: '000000' })).body.reason).toBe('codeWrong');
    const whole = await ask(null, 'POST', '/sessions', { ...typed, code: codes[0] });
    expect(whole.status).toBe(201);
    const { rows } = (await ask(whole.body.token, 'GET', '/sessions')).body;
    expect(rows[0]).toMatchObject({ label: 'a script', place: '203.0.113.x', twoStep: true });
    expect((await ask(whole.body.token, 'DELETE', '/sessions/current')).status).toBe(200);
    expect((await ask(whole.body.token, 'GET', '/account')).status).toBe(401);
  });

  it('gives tokens that only read, which are refused every change but giving themselves back', async () => {
    const cid = await person({ now: theWorld.now() });
    const reads = (await createApiToken(cid, { label: 'reads', days: 1, scope: 'read' })).token;
    expect((await ask(reads, 'GET', '/account')).status).toBe(200);
    expect(await ask(reads, 'PATCH', '/account', { name: 'Eve' })).toMatchObject({
      status: 403,
      body: { reason: 'forbidden' },
    });
    expect((await ask(reads, 'DELETE', '/sessions/current')).status).toBe(200);
  });
});
