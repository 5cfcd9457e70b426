import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { theWorld } from '#lib/base/time.ts';
import { disconnect, isDatabaseAway } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { Prisma } from '#lib/io/generated/client.ts';
import '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';

const document = v1.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'test', version: '1' } });
const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.keys(methods ?? {}).map((method) => ({ method: method.toUpperCase(), path })),
);

describe('while the database does not answer', () => {
  let token = '';
  let url = '';

  beforeAll(async () => {
    ({ token } = await createApiToken(await person({ now: theWorld.now() }), { label: 'test', days: 1 }));
    url = env().databaseUrl;
    await disconnect();
    // Nothing listens on the port of the discarded.
    Object.assign(env(), { databaseUrl: 'postgresql://nobody@127.0.0.1:9/nothing' });
  });
  afterAll(async () => {
    await disconnect();
    Object.assign(env(), { databaseUrl: url });
  });

  const ask = (method: string, path: string) =>
    v1.request(
      path.replaceAll(/\{\w+\}/g, 'nothing'),
      {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'a-key' },
        ...(method === 'GET' ? {} : { body: '{}' }),
      },
      { address: '203.0.113.9', cookieActor: null },
    );

  it('an asker reads that nothing was lost, and when to ask again', async () => {
    const answer = await ask('GET', '/me');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({
      reason: 'unavailable',
      detail: expect.stringContaining('Nothing was lost'),
    });
  });

  it('no operation of the API answers as if it were broken', async () => {
    expect(operations.length).toBeGreaterThan(100);
    const broken: string[] = [];
    for (const { method, path } of operations) {
      const { status } = await ask(method, path);
      if (status >= 500 && status !== 503) broken.push(`${method} ${path}: ${status}`);
    }
    expect(broken).toEqual([]);
  });
});

describe('what counts as a database that is away', () => {
  const failed = (code: string, message: string) =>
    new Prisma.PrismaClientKnownRequestError(message, { code, clientVersion: 'of the test' });

  it('is no connection in time, and not a transaction that took too long', () => {
    const late = 'Transaction API error: Unable to start a transaction in the given time.';
    const expired = 'Transaction API error: A commit cannot be executed on an expired transaction.';
    expect(isDatabaseAway(failed('P2028', late))).toBe(true);
    expect(isDatabaseAway(failed('P2028', expired))).toBe(false);
    expect(isDatabaseAway(failed('P2002', 'Unique constraint failed'))).toBe(false);
  });
});
