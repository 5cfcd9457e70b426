import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { decideWebhook } from '#lib/payments/decide-webhook.ts';
import type { HeldDecision } from '#lib/payments/held-payment.ts';
import { heldPage } from '#lib/payments/queries/held.ts';
import { topUpOf } from '#lib/payments/queries/top-ups.ts';
import { resolveHeldPayment } from '#lib/payments/resolve-held-payment.errand.ts';
import { MOST_ATTEMPTS } from '#lib/payments/retry.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { balanceOf, cardMarket } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR } from '#tests/support/rental.ts';

const { clock, double, begin, pay, hear, sweep, free } = await cardMarket();
let admin: Actor;
beforeAll(async () => {
  admin = await person({ role: 'admin' });
});
afterEach(expectBooksBalance);

/** A payment of which half came, as the market sees it. */
async function held(renter: Actor) {
  const { topUpId, sessionId } = await begin(renter);
  double.act.payCheckout(sessionId);
  await sql('UPDATE top_ups SET amount_micros = amount_micros * 2 WHERE id = $1', [topUpId]);
  await hear();
  return topUpId;
}
const decide = (topUpId: string, decision: HeldDecision, who = admin) =>
  resolveHeldPayment(who, { topUpId, decision, reason: 'Seen at the provider.' }, clock.world);
const waits = async (id: string) => (await heldPage(admin)).payments.some((row) => row.id === id);

/** A webhook that failed so often that nobody tries it any more. */
async function givenUp() {
  const renter = await person();
  const { sessionId } = await begin(renter);
  double.act.payCheckout(sessionId);
  await hear();
  const [row] = await sql<{ id: string }>(
    `UPDATE provider_webhooks SET handled_at = NULL, outcome = NULL, attempts = $1, last_error = 'broken' WHERE id =
      (SELECT id FROM provider_webhooks WHERE type = 'payment_intent.succeeded' ORDER BY received_at DESC, id DESC LIMIT 1) RETURNING id`,
    [MOST_ATTEMPTS],
  );
  return row?.id ?? expect.fail();
}
const outcomeOf = async (id: string) =>
  (await sql<{ outcome: string | null }>('SELECT outcome FROM provider_webhooks WHERE id = $1', [id]))[0]?.outcome;

describe('a payment of which something else came than was asked', () => {
  it('is credited as it came when an admin says so, once, and its renter is told', async () => {
    const renter = await person();
    const id = await held(renter);
    expect(await waits(id)).toBe(true);
    await decide(id, 'credit');
    expect(await free(renter)).toBe(25n * DOLLAR);
    expect(await topUpOf(renter, id)).toMatchObject({ state: 'settled', failure: null, amountMicros: 25n * DOLLAR });
    expect(await waits(id)).toBe(false);
    expect((await refusal(decide(id, 'credit'))).reason).toBe('notNow');
    await hear(double.webhooks.log);
    expect(await free(renter)).toBe(25n * DOLLAR);
    await deliverNotices(clock.world);
    expect((await noticesOfViewer(renter)).rows.map(({ body }) => body).join(' ')).toContain('$25.00 arrived');
    const [event] = (await auditTrail(admin, { byPeople: true, kind: 'wallet.heldCredited' })).rows;
    expect(event).toMatchObject({ reason: 'Seen at the provider.', userId: renter.userId });
  });

  it('goes back to the card once, and stays so whatever is heard later; the market bears what the provider kept', async () => {
    const renter = await person();
    const id = await held(renter);
    const before = await balanceOf('providerClearing');
    await decide(id, 'giveBack');
    await hear();
    await hear(double.webhooks.log);
    expect(await topUpOf(renter, id)).toMatchObject({ state: 'failed', failure: 'givenBack' });
    expect(await free(renter)).toBe(0n);
    const fee = (await balanceOf('providerClearing')) - before;
    const [row] = await sql<{ fee_micros: string }>('SELECT fee_micros FROM top_ups WHERE id = $1', [id]);
    expect(fee).toBe(BigInt(row?.fee_micros ?? 0));
    expect(fee > 0n).toBe(true);
    expect(double.provider.all('refund', 'platform').filter((one) => one.amount === 2_500)).toHaveLength(1);
  });

  it('waits on when the provider does not take it back', async () => {
    const renter = await person();
    const id = await held(renter);
    double.faults.plan({ at: 'POST /v1/refunds', does: 'forbid' });
    expect((await refusal(decide(id, 'giveBack'))).sentence).toContain('did not give it back');
    expect(await waits(id)).toBe(true);
    await decide(id, 'giveBack');
  });

  it('is decided by an admin, and not by the one who paid it', async () => {
    const renter = await person({ role: 'admin' });
    const id = await held(renter);
    expect((await refusal(decide(id, 'credit', renter))).sentence).toContain('another admin');
    expect((await refusal(decide(id, 'credit', await person()))).reason).toBe('forbidden');
    expect((await refusal(decide('top_none', 'credit'))).reason).toBe('notFound');
    const settled = await pay(await person(), 10n);
    expect((await refusal(decide(settled.topUpId, 'credit'))).reason).toBe('notNow');
    await decide(id, 'credit');
  });
});

describe('a webhook that was given up', () => {
  it('is handled when an admin has it tried again', async () => {
    const id = await givenUp();
    await sweep();
    expect(await outcomeOf(id)).toBeNull();
    expect((await heldPage(admin)).webhooks).toMatchObject([{ id, lastError: 'broken' }]);
    await decideWebhook(admin, { webhookId: id, decision: 'retry', reason: 'Mended.' }, clock.world);
    await sweep();
    expect(await outcomeOf(id)).toBe('handled');
    expect((await refusal(decideWebhook(admin, { webhookId: id, decision: 'retry', reason: 'x' }))).reason).toBe(
      'notNow',
    );
  });

  it('leaves the list when it is put aside, with a reason in the audit trail', async () => {
    const id = await givenUp();
    expect(
      (await refusal(decideWebhook(await person(), { webhookId: id, decision: 'putAside', reason: 'x' }))).reason,
    ).toBe('forbidden');
    await decideWebhook(admin, { webhookId: id, decision: 'putAside', reason: 'Of another market.' }, clock.world);
    expect((await heldPage(admin)).webhooks).toEqual([]);
    await sweep();
    expect(await outcomeOf(id)).toBe('putAside');
    const [event] = (await auditTrail(admin, { byPeople: true, kind: 'webhook.putAside' })).rows;
    expect(event?.reason).toBe('Of another market.');
  });
});

describe('the API', () => {
  it('lists what waits and takes decisions of admins, and nothing of others', async () => {
    const id = await held(await person());
    const ask = async (who: Actor, path: string, body?: object) => {
      const { token } = await createApiToken(who, { label: 'test', days: 1 }, theWorld);
      const response = await v1.request(path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    expect((await ask(await person(), '/admin/held-payments')).status).toBe(403);
    expect((await ask(admin, '/admin/held-payments')).body).toMatchObject({
      payments: [{ id, askedMicros: '50000000' }],
      paymentCount: 1,
    });
    const wrong = await ask(admin, `/admin/held-payments/${id}/decision`, { decision: 'keep', reason: 'x' });
    expect(wrong.status).toBe(422);
    const decided = await ask(admin, `/admin/held-payments/${id}/decision`, { decision: 'credit', reason: 'Seen.' });
    expect(decided).toMatchObject({ status: 200, body: { payments: [], paymentCount: 0 } });
  });
});
