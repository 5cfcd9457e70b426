import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { theWorld } from '#lib/base/time.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
const reason = 'Looked at it.';

/** What staff may ask that takes a body, with one that fits. An operation that is added without a row fails the first test; what takes no body needs none. */
const MATRIX: Record<string, unknown> = {
  'POST /admin/cases/{kind}/{id}/take-over': { reason },
  'POST /admin/cases/{kind}/{id}/decision': { outcome: 'approve', reason },
  'POST /admin/bookings/{id}/thread': { reason },
  'POST /admin/message-reports/{id}/outcome': { outcome: reason },
  'POST /admin/reviews/{id}/hide': { reason },
  'POST /admin/people/{id}/suspension': { reason },
  'POST /admin/people/{id}/restoration': { reason },
  'POST /admin/disputes/{id}/decision': { outcome: 'none', reason },
  'POST /admin/held-payments/{id}/decision': { decision: 'credit', reason },
  'POST /admin/provider-webhooks/{id}/decision': { decision: 'retry', reason },
};

type Operation = { readonly name: string; readonly takesBody: boolean };

async function operations(): Promise<Operation[]> {
  const document = (await (await v1.request('/openapi.json', {}, bindings)).json()) as {
    paths: Record<string, Record<string, { requestBody?: object }>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      takesBody: requestBody !== undefined,
    })),
  );
}

async function ask(operation: string, token: string | null) {
  const [method = '', path = ''] = operation.split(' ');
  const body = MATRIX[operation] ?? null;
  const at = path.replace('{kind}', 'machine').replace(/\{\w+\}/g, 'nothing');
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    'idempotency-key': 'a-key-of-a-test',
    ...(body === null ? {} : { 'content-type': 'application/json' }),
  };
  return v1.request(at, { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) }, bindings);
}

describe('what staff may ask at the API', () => {
  let all: Operation[];
  let member: string;
  let admin: string;
  let fallen: string;
  let bare: string;

  beforeAll(async () => {
    all = (await operations()).filter(({ name }) => name.includes(' /admin'));
    const token = async (role: 'member' | 'admin', twoStep = true) => {
      const who = await person({ role, twoStep, now: theWorld.now() });
      return { who, token: (await createApiToken(who, { label: 'test', days: 1 })).token };
    };
    member = (await token('member')).token;
    admin = (await token('admin')).token;
    bare = (await token('admin', false)).token;
    const suspended = await token('admin');
    fallen = suspended.token;
    await sql("UPDATE users SET suspended_at = now(), suspended_reason = 'x' WHERE id = $1", [suspended.who.userId]);
  });

  it('has a row in the matrix, whatever it is', () => {
    expect(all.filter((each) => each.takesBody && !(each.name in MATRIX)).map(({ name }) => name)).toEqual([]);
    expect(Object.keys(MATRIX).filter((name) => !all.some((each) => each.name === name))).toEqual([]);
  });

  it('is refused to guests, to members, to an admin who is suspended or has no second step, and never for what an admin may ask', async () => {
    for (const { name: operation } of all) {
      expect((await ask(operation, null)).status, `${operation}, a guest`).toBe(401);
      expect((await ask(operation, member)).status, `${operation}, a member`).toBe(403);
      expect((await ask(operation, fallen)).status, `${operation}, a suspended admin`).toBe(403);
      const unproven = await ask(operation, bare);
      expect(await unproven.json(), `${operation}, an admin without two steps`).toMatchObject({
        status: 403,
        reason: 'twoStepNeeded',
      });
      expect([401, 403, 422, 500], `${operation}, an admin`).not.toContain((await ask(operation, admin)).status);
    }
  });
});
