import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { beginTopUp } from '#lib/payments/begin-top-up.ts';
import { finishTopUps } from '#lib/payments/pay-top-up.errand.ts';
import { theProvider, topUpOf } from '#lib/payments/queries/top-ups.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { balanceOf, cardMarket, newKey } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR } from '#tests/support/rental.ts';

const { clock, double, begin, hear, free } = await cardMarket();

beforeEach(() => double.faults.clear());
afterEach(expectBooksBalance);

describe('adding money by card', () => {
  it('sends the renter to a page of the provider, and credits the wallet once when it is paid', async () => {
    const renter = await person();
    const { topUpId, sessionId } = await begin(renter);
    expect(await topUpOf(renter, topUpId)).toMatchObject({ state: 'open', provider: 'stripe' });
    expect(await free(renter)).toBe(0n);
    double.act.payCheckout(sessionId);
    await hear(double.webhooks.log);
    await hear(double.webhooks.log);
    expect(await free(renter)).toBe(25n * DOLLAR);
    const settled = await topUpOf(renter, topUpId);
    expect(settled).toMatchObject({ state: 'settled', cardLabel: 'Visa ending in 4242', checkoutUrl: null });
    expect((await fetch(settled.receiptUrl ?? '')).status).toBe(200);
    expect(theProvider()?.warning).toContain('test mode');
  });

  it("books the provider's fee, so that the clearing account is what the provider keeps for us", async () => {
    const before = { clearing: await balanceOf('providerClearing'), costs: await balanceOf('processingCosts') };
    const renter = await person();
    double.act.payCheckout((await begin(renter)).sessionId);
    await hear();
    expect((await balanceOf('processingCosts')) - before.costs).toBe(-1_030_000n);
    expect((await balanceOf('providerClearing')) - before.clearing).toBe(-(25n * DOLLAR) + 1_030_000n);
  });

  it('finds out by itself when a payment was made and no webhook came', async () => {
    const renter = await person();
    const { sessionId } = await begin(renter);
    double.act.payCheckout(sessionId);
    clock.pass(11);
    await finishTopUps(clock.world);
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it('pays once in two tabs with one key, and never more than was asked', async () => {
    const renter = await person();
    const one = newKey();
    const tabs = await Promise.all([begin(renter, 25n, one), begin(renter, 25n, one)]);
    expect(tabs[0]?.topUpId).toBe(tabs[1]?.topUpId);
    const sessions = new Set(tabs.map((tab) => tab.sessionId));
    expect(sessions.size).toBe(1);
    const [sessionId = ''] = sessions;
    double.act.payCheckout(sessionId);
    expect(() => double.act.payCheckout(sessionId)).toThrow('complete');
    await hear();
    expect(await free(renter)).toBe(25n * DOLLAR);
    expect((await refusal(begin(renter, 26n, one))).reason).toBe('conflict');
  });

  it.each([
    ['the connection broke before the provider heard of it', 'hangUpBefore'],
    ['the connection broke after it had done it', 'hangUpAfter'],
    ['the provider broke after it had done it', 'errorAfter'],
    ['the provider turned it away', 'errorBefore'],
  ] as const)('goes on when %s', async (_, does) => {
    const renter = await person();
    // Twice for what hangs up: the package asks once more by itself.
    double.faults.plan({ at: 'POST /v1/checkout/sessions', does, times: does.startsWith('hangUp') ? 2 : 1 });
    const { topUpId, url } = await begin(renter);
    expect(url).toBeNull();
    expect((await topUpOf(renter, topUpId)).state).toBe('asked');
    clock.pass(11);
    await finishTopUps(clock.world);
    const open = await topUpOf(renter, topUpId);
    expect(open.state).toBe('open');
    double.act.payCheckout(open.checkoutUrl?.split('/').at(-1) ?? '');
    await hear();
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it('gives up after an hour in which the provider could not be reached', async () => {
    const renter = await person();
    double.faults.plan({ at: 'POST /v1/checkout/sessions', does: 'errorBefore', times: 1_000 });
    const { topUpId } = await begin(renter);
    for (let hour = 0; hour < 2; hour += 1) {
      clock.pass(3_601);
      await finishTopUps(clock.world);
    }
    expect(await topUpOf(renter, topUpId)).toMatchObject({ state: 'failed', failure: 'unreachable' });
  });

  it('is over when nobody pays before the page expires, and takes the money all the same should it come', async () => {
    const renter = await person();
    const { topUpId } = await begin(renter);
    clock.pass(86_401);
    await finishTopUps(clock.world);
    expect(await topUpOf(renter, topUpId)).toMatchObject({ state: 'failed', failure: 'expired' });
    const second = await begin(renter);
    double.act.payCheckout(second.sessionId);
    await sql(`UPDATE top_ups SET state = 'failed', failure = 'unreachable' WHERE id = $1`, [second.topUpId]);
    await hear();
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it('credits nobody with an amount or currency that was not asked, and shows it to a person', async () => {
    const renter = await person();
    const { topUpId, sessionId } = await begin(renter);
    double.act.payCheckout(sessionId);
    await sql(`UPDATE top_ups SET amount_micros = amount_micros * 2 WHERE id = $1`, [topUpId]);
    await hear();
    expect(await topUpOf(renter, topUpId)).toMatchObject({ state: 'review', failure: 'otherAmount' });
    expect(await free(renter)).toBe(0n);
  });

  it('leaves payments alone that this market never made', async () => {
    const renter = await person();
    const { topUpId, sessionId } = await begin(renter);
    double.act.payCheckout(sessionId);
    await sql(`DELETE FROM top_ups WHERE id = $1`, [topUpId]);
    const log = double.webhooks.log.slice(-3);
    await hear(log);
    const rows = await sql<{ outcome: string }>(
      `SELECT DISTINCT outcome FROM provider_webhooks WHERE id = ANY($1) AND type <> 'charge.succeeded'`,
      [log.map((each) => each.id)],
    );
    expect(rows).toEqual([{ outcome: 'notOurs' }]);
  });

  it.each([
    ['nothing', 0n],
    ['less than nothing', -5n * DOLLAR],
    ['parts of a cent', 10n * DOLLAR + 1n],
    ['ten to the fifteenth', 10n ** 15n],
  ])('refuses %s before the provider hears of it', async (_, amountMicros) => {
    const asked = double.requests.length;
    const refused = await refusal(beginTopUp(await person(), { amountMicros, idempotencyKey: newKey() }, clock.world));
    expect(refused.reason).toBe('badInput');
    expect(double.requests).toHaveLength(asked);
  });

  it('refuses other currencies, the suspended, the sandbox, and a twenty-first open payment', async () => {
    const renter = await person();
    const ask = { amountMicros: 5n * DOLLAR, idempotencyKey: newKey() };
    expect((await refusal(beginTopUp(renter, { ...ask, currency: 'eur' }, clock.world))).reason).toBe(
      'currencyNotTaken',
    );
    expect((await refusal(beginTopUp({ ...renter, suspended: true }, ask, clock.world))).reason).toBe('suspended');
    expect((await refusal(topUpWallet(renter, ask, clock.world))).reason).toBe('unavailable');
    for (let open = 0; open < 20; open += 1)
      await beginTopUp(renter, { ...ask, idempotencyKey: newKey() }, clock.world);
    expect((await refusal(beginTopUp(renter, { ...ask, idempotencyKey: newKey() }, clock.world))).reason).toBe(
      'tooManyAttempts',
    );
  });
});

describe('payments in the API', () => {
  const asking = async (who: Actor) => {
    const { token } = await createApiToken(who, { label: 'test', days: 1 });
    return (path: string, body?: object) =>
      v1.request(
        path,
        {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': newKey(),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
        { address: '203.0.113.9', cookieActor: null },
      );
  };

  it('are begun, seen and found by their owner only', async () => {
    const mine = await asking(await person({ now: theWorld.now() }));
    const begun = await mine('/top-ups', { amountMicros: '25000000' });
    expect(begun.status).toBe(201);
    const { topUpId, checkoutUrl } = await begun.json();
    expect(checkoutUrl).toContain(double.url);
    expect(await (await mine(`/top-ups/${topUpId}`)).json()).toMatchObject({ state: 'open', amountMicros: '25000000' });
    expect((await (await mine('/top-ups')).json()).rows).toHaveLength(1);
    const others = await asking(await person({ now: theWorld.now() }));
    expect((await others(`/top-ups/${topUpId}`)).status).toBe(404);
    expect((await (await others('/top-ups')).json()).rows).toEqual([]);
    expect((await mine('/top-ups', { amountMicros: '25000000', currency: 'eur' })).status).toBe(422);
    expect((await mine('/top-ups', { amountMicros: '-5' })).status).toBe(422);
    expect((await mine('/top-ups', { amountMicros: '1000000000000000' })).status).toBe(422);
  });
});

describe('the table of payments', () => {
  it.each([
    [`UPDATE top_ups SET amount_micros = 0`, 'top_ups_amounts'],
    [`UPDATE top_ups SET tax_micros = -1`, 'top_ups_amounts'],
    [`UPDATE top_ups SET state = 'paid'`, 'top_ups_state'],
    [`UPDATE top_ups SET state = 'settled', settled_at = NULL`, 'top_ups_state'],
    [`UPDATE top_ups SET session_id = 'one'`, 'top_ups_session_id_key'],
    [`UPDATE top_ups SET payment_intent_id = 'one'`, 'top_ups_payment_intent_id_key'],
    [`UPDATE top_ups SET charge_id = 'one'`, 'top_ups_charge_id_key'],
  ])('refuses %s', async (statement, constraint) => {
    await expect(sql(statement)).rejects.toThrow(constraint);
  });
});
