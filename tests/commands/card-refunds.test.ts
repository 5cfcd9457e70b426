import '#tests/support/database.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { PLATFORM_FEES, renterWallet } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { splitRefund } from '#lib/payments/card-refund.ts';
import { cardRefundOf, cardRefundsOf, refundableOf } from '#lib/payments/queries/card-refunds.ts';
import { finishCardRefunds, sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { balanceOf, cardMarket, newKey } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR } from '#tests/support/rental.ts';

const { clock, double, hear, pay, free, begin: begin25 } = await cardMarket();

beforeEach(() => double.faults.clear());
afterEach(async () => {
  await expectBooksBalance();
  await everythingArrives();
});

const begin = (who: Actor, dollars: bigint, idempotencyKey = newKey()) =>
  beginCardRefund(who, { amountMicros: dollars * DOLLAR, idempotencyKey }, clock.world);

async function refund(who: Actor, dollars: bigint): Promise<string[]> {
  const ids = [...(await begin(who, dollars))];
  for (const id of ids) await sendCardRefund(id, clock.world);
  return ids;
}
const stateOf = async (who: Actor, id: string) => (await cardRefundOf(who, id)).state;

/** No refund stays in transit once the provider has been asked often enough. */
async function everythingArrives() {
  double.faults.clear();
  clock.pass(3_601);
  await finishCardRefunds(clock.world);
  expect(await balanceOf('inTransit')).toBe(0n);
}

describe('giving unspent money back', () => {
  it('goes to the card it came from, out of the wallet at once', async () => {
    const renter = await person();
    await pay(renter, 25n);
    const before = await balanceOf('providerClearing');
    const [id = ''] = await begin(renter, 10n);
    expect(await free(renter)).toBe(15n * DOLLAR);
    expect(await balanceOf('inTransit')).toBe(10n * DOLLAR);
    await sendCardRefund(id, clock.world);
    expect(await cardRefundOf(renter, id)).toMatchObject({ state: 'settled', cardLabel: 'Visa ending in 4242' });
    expect(await balanceOf('inTransit')).toBe(0n);
    expect((await balanceOf('providerClearing')) - before).toBe(10n * DOLLAR);
    await hear(double.webhooks.log);
    expect(await free(renter)).toBe(15n * DOLLAR);
  });

  it('takes the newest payment first, and no payment beyond what it still covers', async () => {
    const renter = await person();
    const old = await pay(renter, 20n);
    clock.pass(60);
    const young = await pay(renter, 10n);
    await refund(renter, 4n);
    await refund(renter, 11n);
    const { rows } = await cardRefundsOf(renter);
    expect(rows.map(({ topUpId, amountMicros }) => [topUpId, amountMicros / DOLLAR])).toEqual(
      expect.arrayContaining([
        [young.topUpId, 4n],
        [young.topUpId, 6n],
        [old.topUpId, 5n],
      ]),
    );
    expect(await refundableOf(renter)).toBe(15n * DOLLAR);
  });

  it('comes back when the card does not take it, whether it had been sent or not', async () => {
    const renter = await person();
    await pay(renter, 25n, '4000000000005126');
    const [id = ''] = await refund(renter, 25n);
    expect(await stateOf(renter, id)).toBe('settled');
    await hear();
    expect(await stateOf(renter, id)).toBe('failed');
    expect(await free(renter)).toBe(25n * DOLLAR);
    expect(await refundableOf(renter)).toBe(25n * DOLLAR);
  });

  it('is noticed as failed even when no webhook tells', async () => {
    const renter = await person();
    await pay(renter, 25n);
    const [id = ''] = await refund(renter, 25n);
    double.act.failRefund((await db.cardRefund.findUniqueOrThrow({ where: { id } })).refundId ?? '');
    clock.pass(86_401);
    await finishCardRefunds(clock.world);
    expect(await stateOf(renter, id)).toBe('failed');
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it('is booked, too, when the operators made it at the provider by hand, however often that is told', async () => {
    const renter = await person();
    const { intentId } = await pay(renter, 25n);
    await needStripe().refunds.create({ payment_intent: intentId, amount: 1_000 });
    await hear();
    await hear(double.webhooks.log);
    const { rows } = await cardRefundsOf(renter);
    expect(rows.map(({ state, amountMicros }) => [state, amountMicros])).toEqual([['settled', 10n * DOLLAR]]);
    expect(await free(renter)).toBe(15n * DOLLAR);
    expect(await refundableOf(renter)).toBe(15n * DOLLAR);
  });

  it('made by hand of money that was spent is given by the market, and is the market’s again when it comes back', async () => {
    const renter = await person();
    const { intentId } = await pay(renter, 25n);
    await refund(renter, 5n);
    await inTransaction('test: spend', (tx) =>
      postTransfers(
        tx,
        [
          {
            from: renterWallet(renter.userId),
            to: PLATFORM_FEES,
            amountMicros: 18n * DOLLAR,
            kind: 'promotion',
            key: newKey(),
          },
        ],
        clock.now(),
      ),
    );
    const before = await balanceOf('promotions');
    const { id } = await needStripe().refunds.create({ payment_intent: intentId, amount: 2_000 });
    await hear();
    expect(await free(renter)).toBe(0n);
    expect((await balanceOf('promotions')) - before).toBe(-18n * DOLLAR);
    double.act.failRefund(id);
    await hear();
    expect(await free(renter)).toBe(2n * DOLLAR);
    expect(await balanceOf('promotions')).toBe(before);
  });

  it('made by hand is found though its payment was not heard of yet', async () => {
    const renter = await person();
    const { sessionId } = await begin25(renter);
    double.act.payCheckout(sessionId);
    const payment = String((await needStripe().checkout.sessions.retrieve(sessionId)).payment_intent);
    await needStripe().refunds.create({ payment_intent: payment, amount: 500 });
    await hear(double.webhooks.log.filter(({ type }) => type.includes('refund')));
    expect(await free(renter)).toBe(20n * DOLLAR);
    await hear(double.webhooks.log);
    expect(await free(renter)).toBe(20n * DOLLAR);
  });

  it('stays on its way while the bank is slow', async () => {
    const renter = await person();
    await pay(renter, 25n, '4000000000007726');
    const [id = ''] = await refund(renter, 25n);
    expect(await stateOf(renter, id)).toBe('sent');
    double.act.settleRefund((await db.cardRefund.findUniqueOrThrow({ where: { id } })).refundId ?? '');
    await hear();
    expect(await stateOf(renter, id)).toBe('settled');
  });

  it.each([
    ['the connection broke before the provider heard of it', 'hangUpBefore', 2],
    ['the connection broke after it had done it', 'hangUpAfter', 2],
    ['the provider broke after it had done it', 'errorAfter', 1],
    ['the provider turned it away', 'errorBefore', 1],
  ] as const)('is given once when %s', async (_, does, times) => {
    const renter = await person();
    const { intentId } = await pay(renter, 25n);
    double.faults.plan({ at: 'POST /v1/refunds', does, times });
    const [id = ''] = await refund(renter, 25n);
    // As if more than a day had passed: the provider knows the key no longer.
    double.forgetKeys();
    clock.pass(11);
    await finishCardRefunds(clock.world);
    await hear();
    expect(await stateOf(renter, id)).toBe('settled');
    const made = double.provider.all('refund', 'platform').filter((each) => each.payment_intent === intentId);
    expect(made).toHaveLength(1);
  });

  it('is not back in the wallet because a look for it was refused: it may have gone out', async () => {
    const renter = await person();
    await pay(renter, 25n);
    double.faults.plan({ at: 'POST /v1/refunds', does: 'hangUpAfter', times: 2 });
    const [id = ''] = await refund(renter, 25n);
    double.faults.plan({ at: 'GET /v1/refunds', does: 'forbid' });
    clock.pass(11);
    await finishCardRefunds(clock.world);
    expect(await stateOf(renter, id)).toBe('asked');
    expect(await free(renter)).toBe(0n);
    clock.pass(3_600);
    await finishCardRefunds(clock.world);
    expect(['sent', 'settled']).toContain(await stateOf(renter, id));
  });

  it('is back in the wallet when the provider refuses it for good', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    double.provider.change(double.provider.find('charge', chargeId, 'platform'), { disputed: true });
    const [id = ''] = await refund(renter, 25n);
    expect(await cardRefundOf(renter, id)).toMatchObject({ state: 'failed', failure: 'charge_disputed' });
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it('happens once for one key, also when two ask at once, and not beyond the wallet when many do', async () => {
    const renter = await person();
    await pay(renter, 25n);
    const one = newKey();
    const twice = await Promise.all([begin(renter, 10n, one), begin(renter, 10n, one)]);
    expect(twice[0]).toEqual(twice[1]);
    expect((await refusal(begin(renter, 11n, one))).reason).toBe('conflict');
    const asked = await Promise.allSettled(Array.from({ length: 6 }, () => begin(renter, 5n)));
    expect(asked.filter((each) => each.status === 'fulfilled')).toHaveLength(3);
    expect(await free(renter)).toBe(0n);
  });

  it('leaves alone what is spent, given by the market, or not of whole cents', async () => {
    const renter = await person();
    const ask = (amountMicros: bigint) =>
      refusal(beginCardRefund(renter, { amountMicros, idempotencyKey: newKey() }, clock.world));
    expect((await ask(DOLLAR)).detail.amountMicros).toContain('Nothing can go back');
    await pay(renter, 5n);
    for (const wrong of [0n, -DOLLAR, 10_001n, 5n * DOLLAR + 10_000n, 10n ** 15n])
      expect((await ask(wrong)).reason).toBe('badInput');
  });

  it('is allowed to the suspended: it is their money', async () => {
    const renter = await person();
    await pay(renter, 5n);
    expect(await refund({ ...renter, suspended: true }, 5n)).toHaveLength(1);
  });
});

describe('refunds in the API', () => {
  it('are asked for, seen and found by their owner only', async () => {
    const now = theWorld.now();
    const [mine, other] = await Promise.all([person({ now }), person({ now })]);
    await pay(mine, 25n);
    const ask = async (who: Actor, path: string, body?: object) =>
      v1.request(
        path,
        {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${(await createApiToken(who, { label: 'test', days: 1 })).token}`,
            'content-type': 'application/json',
            'idempotency-key': newKey(),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
        { address: '203.0.113.9', cookieActor: null },
      );
    const begun = await ask(mine, '/card-refunds', { amountMicros: '10000000' });
    expect(begun.status).toBe(201);
    const [id] = (await begun.json()).cardRefundIds;
    expect(await (await ask(mine, `/card-refunds/${id}`)).json()).toMatchObject({
      state: 'settled',
      amountMicros: '10000000',
    });
    expect(await (await ask(mine, '/card-refunds')).json()).toMatchObject({
      refundableMicros: '15000000',
      rows: [{ id }],
    });
    expect((await ask(other, `/card-refunds/${id}`)).status).toBe(404);
    expect((await (await ask(other, '/card-refunds')).json()).rows).toEqual([]);
    expect((await ask(other, '/card-refunds', { amountMicros: '10000000' })).status).toBe(422);
  });
});

describe('the split of a refund', () => {
  it('adds up to what was asked, and no part is more than its payment covers', () => {
    const payments = fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(payments, fc.double({ min: 0, max: 1, noNaN: true }), (cents, share) => {
        const rows = cents.map((cent, at) => ({ topUpId: `top_${at}`, coversMicros: cent * 10_000n + 7n }));
        const all = cents.reduce((sum, cent) => sum + cent, 0n);
        const amount = BigInt(Math.floor(Number(all) * share)) * 10_000n;
        const parts = splitRefund(amount, rows);
        expect(parts.reduce((sum, part) => sum + part.amountMicros, 0n)).toBe(amount);
        for (const part of parts) {
          const row = rows.find(({ topUpId }) => topUpId === part.topUpId);
          expect(part.amountMicros).toBeLessThanOrEqual(row?.coversMicros ?? 0n);
          expect(part.amountMicros % 10_000n).toBe(0n);
        }
      }),
    );
  });
});

describe('the table of refunds', () => {
  it.each([
    [`UPDATE card_refunds SET amount_micros = 0`, 'card_refunds_amount'],
    [`UPDATE card_refunds SET amount_micros = 10001`, 'card_refunds_amount'],
    [`UPDATE card_refunds SET state = 'lost'`, 'card_refunds_state'],
    [`UPDATE card_refunds SET amount_micros = 10000000000, state = 'sent'`, 'card_refunds_within_payment'],
    [`UPDATE card_refunds SET refund_id = 'one'`, 'card_refunds_refund_id_key'],
  ])('refuses %s', async (statement, constraint) => {
    await expect(sql(statement)).rejects.toThrow(constraint);
  });
});
