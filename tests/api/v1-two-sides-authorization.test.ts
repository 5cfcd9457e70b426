import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { moveDispute } from '#lib/trust/move-dispute.ts';
import { disputeOf } from '#lib/trust/queries/dispute.ts';
import { SCORES } from '#lib/trust/review.ts';
import { sendMessage } from '#lib/trust/send-message.ts';
import { closedCase } from '#tests/support/disputes.ts';
import { person } from '#tests/support/people.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
const scores = Object.fromEntries(SCORES.map((name) => [name, 4]));

type Who = 'renter' | 'host' | 'admin';
type Row = { readonly for: readonly Who[]; readonly body?: object };
const SIDES = ['renter', 'host'] as const;
const SIDES_AND_STAFF = ['renter', 'host', 'admin'] as const;

/** Everything about a rental's dispute, reviews and messages: who may ask for it; nobody else hears that it is there. */
const MATRIX: Record<string, Row> = {
  'GET /bookings/{booking}/dispute': { for: SIDES_AND_STAFF },
  'POST /bookings/{booking}/dispute': { for: ['renter'], body: { reason: 'It was slow, all the time.', about: 'use' } },
  'GET /disputes/{dispute}': { for: SIDES_AND_STAFF },
  'POST /disputes/{dispute}/moves': { for: SIDES, body: { move: 'say', text: 'So it was.' } },
  'GET /disputes/{dispute}/evidence/{evidence}': { for: SIDES_AND_STAFF },
  'GET /disputes/{dispute}/evidence/{evidence}/file': { for: SIDES_AND_STAFF },
  'GET /disputes/{dispute}/evidence/{evidence}/picture': { for: SIDES_AND_STAFF },
  'GET /bookings/{booking}/review': { for: SIDES },
  'PUT /bookings/{booking}/review': { for: SIDES, body: { scores, conduct: 4, text: 'Good.' } },
  'GET /bookings/{booking}/messages': { for: SIDES },
  'POST /bookings/{booking}/messages': { for: SIDES, body: { text: 'Hello.' } },
  'POST /bookings/{booking}/messages/read': { for: SIDES, body: { upTo: '{message}' } },
};
const OF_TWO = /^\/(bookings\/\{id\}\/(dispute|review|messages)|disputes\/\{)/;

const tokens: Record<Who | 'stranger', string> = { renter: '', host: '', admin: '', stranger: '' };
const ids: Record<string, string> = {};

beforeAll(async () => {
  const one = await closedCase();
  const { renter, host, clock } = one.market;
  ids.booking = one.hand.id;
  ids.dispute = await one.open();
  const header = Buffer.from('89504e470d0a1a0a0000000d494844520000000800000008080600000000000000', 'hex');
  const file = { name: 'seen.png', bytes: Uint8Array.from(header) };
  const said = { disputeId: ids.dispute, move: 'say' as const, amountMicros: null, text: 'See the picture.', file };
  await moveDispute(renter, said, clock.world);
  const { steps } = await disputeOf(renter, ids.dispute, clock.now());
  ids.evidence = steps.flatMap(({ evidence }) => evidence).find(({ kind }) => kind === 'file')?.id ?? '';
  const written = { bookingId: ids.booking, idempotencyKey: 'the-first-message', text: 'Is it an SSD?' };
  ids.message = (await sendMessage(renter, written, clock.world)).messageId;
  const token = async (who: Actor) => (await createApiToken(who, { label: 'test', days: 1 })).token;
  tokens.renter = await token(renter);
  tokens.host = await token(host);
  tokens.admin = await token(await person({ role: 'admin', now: theWorld.now() }));
  tokens.stranger = await token(await person({ now: theWorld.now() }));
});

async function ask(token: string | null, operation: string, body: object | undefined) {
  const [method = '', path = ''] = operation.split(' ');
  const named = (text: string) => text.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? '');
  const headers = {
    'idempotency-key': 'a-key-of-a-test',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const init = { method, headers, ...(body === undefined ? {} : { body: named(JSON.stringify(body)) }) };
  return (await v1.request(named(path), init, bindings)).status;
}

describe('what is between the two sides of a rental', () => {
  it('has a row in the matrix, whatever it is', async () => {
    const document = (await (await v1.request('/openapi.json', {}, bindings)).json()) as {
      paths: Record<string, object>;
    };
    const described = Object.entries(document.paths)
      .filter(([path]) => OF_TWO.test(path))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const rows = Object.keys(MATRIX).map((row) =>
      row.replace(/\{(booking|dispute)\}/, '{id}').replace('{evidence}', '{evidenceId}'),
    );
    expect(described.toSorted()).toEqual(rows.toSorted());
  });

  it.each(Object.entries(MATRIX))('%s: for whom it is, for nobody else', async (operation, row) => {
    expect(await ask(null, operation, row.body), 'a guest').toBe(401);
    expect(await ask(tokens.stranger, operation, row.body), 'a stranger').toBe(404);
    for (const who of SIDES_AND_STAFF) {
      const status = await ask(tokens[who], operation, row.body);
      if (row.for.includes(who)) expect([200, 201, 409], who).toContain(status);
      else expect([403, 404], who).toContain(status);
    }
  });
});
