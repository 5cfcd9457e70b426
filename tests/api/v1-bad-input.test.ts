import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { theWorld } from '#lib/base/time.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { databaseUrl } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };

type Operation = {
  readonly method: string;
  readonly path: string;
  readonly protected: boolean;
  readonly takesBody: boolean;
};

const document = v1.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'test', version: '1' } });
const operations: Operation[] = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods ?? {}).map(([method, operation]: [string, { security?: unknown; requestBody?: unknown }]) => ({
    method: method.toUpperCase(),
    path,
    protected: operation.security !== undefined,
    takesBody: operation.requestBody !== undefined,
  })),
);

async function freshToken(): Promise<string> {
  const somebody = await person({ now: theWorld.now() });
  return (await createApiToken(somebody, { label: 'test', days: 1 })).token;
}

function ask(
  operation: Operation,
  id: string,
  token: string | undefined,
  body?: string,
  headers: Record<string, string> = {},
) {
  const path = operation.path.replace('{id}', encodeURIComponent(id));
  return v1.request(
    path,
    {
      method: operation.method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    },
    bindings,
  );
}

/** A refusal is problem details with a reason and a sentence, and never an internal one. */
async function expectRefused(answer: Response, told: string): Promise<string> {
  const text = await answer.text();
  expect(answer.status, `${told}: ${text}`).toBeGreaterThanOrEqual(400);
  expect(answer.status, `${told}: ${text}`).toBeLessThan(500);
  const problem: { reason: string; detail: string } = JSON.parse(text);
  expect(problem.reason, told).toMatch(/^[a-zA-Z]+$/);
  expect(problem.detail.length, told).toBeGreaterThan(10);
  return problem.reason;
}

const RUBBISH: readonly (readonly [string, string])[] = [
  ['no JSON', 'not json'],
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '17'],
  ['text', '"text"'],
  [
    'NUL in a name',
    '{"name":"\\u0000","email":"\\u0000","password":"\\u0000","publicKey":"\\u0000","listingId":"\\u0000","quoteId":"\\u0000","image":"\\u0000","diskBytes":"1073741824","amountMicros":"1"}',
  ],
  [
    'wrong types',
    '{"email":7,"password":{},"publicKey":[],"listingId":1,"gpuCount":"x","diskBytes":-1,"durationSeconds":1.5,"quoteId":true,"image":9,"amountMicros":12,"endsAt":0,"hours":[]}',
  ],
  [
    'impossible numbers',
    '{"listingId":"x","gpuCount":-3,"diskBytes":"99999999999999999999999","durationSeconds":3153600000,"amountMicros":"-5","quoteId":"x","image":"x","capMicros":"-1","endsAt":"2126-01-01"}',
  ],
  [
    'a hundred years',
    '{"listingId":"lst_x","gpuCount":1,"diskBytes":"1073741824","durationSeconds":3153600000,"amountMicros":"999999999999999999","quoteId":"x","image":"-v /:/host","endsAt":"9999-12-31T00:00:00Z"}',
  ],
  [
    'no time at all',
    '{"listingId":"lst_x","gpuCount":0,"diskBytes":"0","durationSeconds":0,"amountMicros":"0","quoteId":"x","image":"a b","endsAt":"1970-01-01T00:00:00Z"}',
  ],
  ['deep nesting', `{"environment":${'{"a":'.repeat(500)}1${'}'.repeat(500)},"quoteId":"x","image":"x"}`],
];

const IDS = [
  'bkg_00000000000000000000000000',
  'key_x',
  '../../etc/passwd',
  "' OR 1=1 --",
  '<script>',
  '🙂'.repeat(10),
  'x'.repeat(500),
  '%00',
];

describe('bad input at the public API', () => {
  let token: string;
  beforeAll(async () => {
    expect(databaseUrl).toContain('test_');
    // Without a demo there is no payment provider yet, and every top-up is refused before it is read.
    process.env.SUBLET_DEMO = '1';
    forgetEnv();
    token = await freshToken();
  });

  it('knows every operation of the document', () => {
    expect(operations.length).toBeGreaterThan(15);
  });

  it.each(operations.filter((each) => each.protected))(
    'refuses $method $path without a token and with a false one',
    async (operation) => {
      expect(
        await expectRefused(await ask(operation, 'x', undefined, operation.takesBody ? '{}' : undefined), 'no token'),
      ).toMatch(/unauthenticated|badInput/);
      for (const false_ of ['x', 'slt_wrong', 'a'.repeat(400)]) {
        expect(
          await expectRefused(await ask(operation, 'x', false_, operation.takesBody ? '{}' : undefined), false_),
        ).toBe('unauthenticated');
      }
    },
  );

  it.each(operations.filter((each) => each.takesBody))('refuses rubbish at $method $path', async (operation) => {
    for (const [told, body] of RUBBISH) {
      await expectRefused(
        await ask(operation, 'bkg_00000000000000000000000000', token, body, { 'idempotency-key': 'some-key-1' }),
        told,
      );
    }
  });

  it.each(operations.filter((each) => each.takesBody))('refuses ten megabytes at $method $path', async (operation) => {
    const body = JSON.stringify({ environment: { A: 'x'.repeat(10 * 1_048_576) } });
    expect(await expectRefused(await ask(operation, 'x', token, body), 'ten megabytes')).toBe('tooLarge');
  });

  it.each(operations.filter((each) => each.path.includes('{id}')))(
    'finds nothing under a foreign or impossible id at $method $path',
    async (operation) => {
      for (const id of IDS) {
        const body = operation.path.endsWith('/extend')
          ? '{"endsAt":"2030-01-01T00:00:00Z"}'
          : operation.takesBody
            ? '{}'
            : undefined;
        // What is for admins says so to everybody else, whatever the id.
        const right = operation.path.startsWith('/admin/') ? /^(forbidden|badInput)$/ : /^(notFound|badInput)$/;
        expect(await expectRefused(await ask(operation, id, token, body), id)).toMatch(right);
      }
    },
  );

  it('answers an unknown path and an unknown method with a refusal', async () => {
    expect(await expectRefused(await v1.request('/nothing', {}, bindings), 'path')).toBe('notFound');
    expect(await expectRefused(await v1.request('/quotes', { method: 'PUT' }, bindings), 'method')).toBe('notFound');
  });

  it('refuses every odd query of a list', async () => {
    for (const query of [
      'gpus=0',
      'gpus=x',
      'vramGib=-1',
      'page=0',
      'page=1e9',
      'sort=nothing',
      'trust=all',
      'maxPriceMicrosPerGpuHour=free',
      'country=XXL',
      'leastReliabilityBasisPoints=10001',
    ]) {
      expect(await expectRefused(await v1.request(`/listings?${query}`, {}, bindings), query)).toBe('badInput');
    }
  });

  it('lets a cookie read but never write', async () => {
    const somebody = await person({ now: theWorld.now() });
    const cookie = { address: '203.0.113.9', cookieActor: somebody };
    expect((await v1.request('/wallet', {}, cookie)).status).toBe(200);
    const write = await v1.request(
      '/top-ups',
      {
        method: 'POST',
        body: '{"amountMicros":"5000000"}',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'by-cookie-1' },
      },
      cookie,
    );
    expect(await expectRefused(write, 'write by cookie')).toBe('unauthenticated');
  });
});
