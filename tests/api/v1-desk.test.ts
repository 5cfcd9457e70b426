import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { CASE_KINDS, CLAIM_MINUTES } from '#lib/desk/case.ts';
import { claimCase, releaseCase } from '#lib/desk/claim-case.ts';
import { OUTCOMES_OF } from '#lib/desk/decision.ts';
import { live } from '#lib/io/live.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { reportMessage } from '#lib/trust/report-message.ts';
import { sendMessage } from '#lib/trust/send-message.ts';
import { type Person, person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let ada: Person;
let bob: Person;

beforeEach(async () => {
  market = await rentalMarket();
  ada = await person({ role: 'admin', name: 'Ada' });
  bob = await person({ role: 'admin', name: 'Bob' });
});

async function ask(actor: Actor, method: string, path: string, body?: object) {
  const { token } = await createApiToken(actor, { label: 'test', days: 1 });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await v1.request(path, init, { address: '203.0.113.9', cookieActor: null });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The names of the events of somebody's stream, read one by one. */
async function* eventsOf(actor: Actor): AsyncGenerator<string> {
  const stop = new AbortController();
  const answer = await v1.request('/events', { signal: stop.signal }, { address: '::1', cookieActor: actor });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const parts = rest.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const name = /^event: (\S+)$/m.exec(part)?.[1];
        if (name !== undefined) yield `${name} ${/^data: (.*)$/m.exec(part)?.[1] ?? ''}`;
      }
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) return;
      rest += chunk.value;
    }
  } finally {
    stop.abort();
    await reader?.cancel();
  }
}

const next = async (events: AsyncGenerator<string>) => (await events.next()).value;

describe('the desk while somebody looks', () => {
  it('tells admins that a claim came or went, with the kind of its case alone, and nobody else', async () => {
    await live.ready();
    const { world } = market.clock;
    const machine = { kind: 'machine' as const, id: market.machineId };
    const ofAdmin = eventsOf(bob);
    const ofRenter = eventsOf(market.renter);
    expect(await next(ofAdmin)).toBe('ready {}');
    expect(await next(ofRenter)).toBe('ready {}');
    const desk = 'desk {"caseKind":"machine"}';
    await claimCase(ada, machine, world);
    expect(await next(ofAdmin)).toBe(desk);
    await releaseCase(ada, machine, world);
    expect(await next(ofAdmin)).toBe(desk);
    await claimCase(ada, machine, world);
    expect(await next(ofAdmin)).toBe(desk);
    market.clock.pass(CLAIM_MINUTES * 60);
    await claimCase(bob, machine, world);
    expect(await next(ofAdmin)).toBe(desk);
    // What the renter hears next is of the renter's own.
    await market.book();
    expect(await next(ofRenter)).toMatch(/^change /);
    await ofAdmin.return(undefined);
    await ofRenter.return(undefined);
  });
});

describe('a decision at the API', () => {
  it('knows the outcomes of each kind, and refuses every other by its field', async () => {
    for (const kind of CASE_KINDS) {
      const path = `/admin/cases/${kind}/nothing/decision`;
      const other = await ask(ada, 'POST', path, { outcome: 'perhaps', reason: 'Looked at it.' });
      expect(other).toMatchObject({ status: 422, body: { fields: { outcome: 'Choose an outcome.' } } });
      const [outcome] = OUTCOMES_OF[kind];
      const known = await ask(ada, 'POST', path, { outcome: outcome?.value, reason: 'Looked at it.' });
      expect(known.status, kind).toBe(404);
    }
  });

  it('ends the report of a message like others: claimed, with a warning that its author reads', async () => {
    const { world } = market.clock;
    const { id: bookingId } = await market.book();
    const key = randomBytes(8).toString('hex');
    const { messageId } = await sendMessage(
      market.host,
      { bookingId, text: 'Pay me in cash', idempotencyKey: key },
      world,
    );
    const { reportId } = await reportMessage(market.renter, { messageId, reason: 'He wants cash' }, world);
    const path = `/admin/cases/report/${reportId}`;
    const { body } = await ask(ada, 'GET', path);
    expect(body).toMatchObject({ waiting: true, outcomes: ['warn', 'dismiss'] });
    expect((await ask(ada, 'POST', `${path}/claim`)).status).toBe(200);
    const decision = { reason: 'Payments stay within the market.', seen: body.facts };
    expect((await ask(bob, 'POST', `${path}/decision`, { ...decision, outcome: 'warn' })).status).toBe(409);
    expect((await ask(ada, 'POST', `${path}/decision`, { ...decision, outcome: 'suspend' })).status).toBe(422);
    expect(await ask(ada, 'POST', `${path}/decision`, { ...decision, outcome: 'warn' })).toMatchObject({
      status: 200,
      body: { waiting: false },
    });
    await deliverNotices(world);
    const heard = async (who: Actor) => (await noticesOfViewer(who, {})).rows.map(({ title }) => title);
    expect((await heard(market.renter)).some((title) => title.startsWith('Staff looked at the message'))).toBe(true);
    expect((await heard(market.host)).some((title) => title.startsWith('The operators warn you'))).toBe(true);
  });
});
