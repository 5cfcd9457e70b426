import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { PROMOTIONS, renterWallet } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { refundableOf } from '#lib/payments/queries/card-refunds.ts';
import { chargebacksOf } from '#lib/payments/queries/chargebacks.ts';
import { settleDebts } from '#lib/payments/settle-debts.ts';
import { finishChargebacks } from '#lib/payments/sync-chargeback.errand.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { balanceOf, cardMarket, newKey } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, rentalMarket } from '#tests/support/rental.ts';

const market = await rentalMarketThenCards();
const { clock, double, begin, hear, pay, free } = market.cards;

afterEach(expectBooksBalance);

/** The rental market tops its renter up in the sandbox, which there is none of once cards are taken. */
async function rentalMarketThenCards() {
  const rentals = await rentalMarket();
  return { rentals, cards: await cardMarket() };
}

/** Spends from a wallet, back to the market. */
async function spend(who: Actor, dollars: bigint) {
  await inTransaction('test: spend', (tx) =>
    postTransfers(
      tx,
      [
        {
          from: renterWallet(who.userId),
          to: PROMOTIONS,
          amountMicros: dollars * DOLLAR,
          kind: 'promotion',
          key: `test:${newKey()}`,
        },
      ],
      clock.now(),
    ),
  );
}
async function moneyOf(work: () => Promise<unknown>) {
  const kinds = ['disputed', 'chargebackLosses', 'processingCosts', 'providerClearing'] as const;
  const before = await Promise.all(kinds.map(balanceOf));
  await work();
  const after = await Promise.all(kinds.map(balanceOf));
  return Object.fromEntries(kinds.map((kind, at) => [kind, ((after[at] ?? 0n) - (before[at] ?? 0n)) / 10_000n]));
}
const only = async (who: Actor) => (await chargebacksOf(who)).rows[0];

describe('a payment that a bank takes back', () => {
  it('stands in disputed until the bank decides, with its fee booked at once', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    const moved = await moneyOf(async () => {
      double.act.chargeBack(chargeId);
      await hear();
    });
    expect(moved).toEqual({
      disputed: 2_500n,
      chargebackLosses: 0n,
      processingCosts: -1_500n,
      providerClearing: 1_500n,
    });
    expect(await free(renter)).toBe(0n);
    expect(await only(renter)).toMatchObject({
      state: 'open',
      amountMicros: 25n * DOLLAR,
      uncoveredMicros: 0n,
      reason: 'fraudulent',
    });
    expect(await refundableOf(renter)).toBe(0n);
  });

  it('comes back when it is won', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    const { id } = double.act.chargeBack(chargeId);
    await hear();
    const moved = await moneyOf(async () => {
      double.act.closeDispute(String(id), 'won');
      await hear();
    });
    expect(moved).toEqual({ disputed: -2_500n, chargebackLosses: 0n, processingCosts: 0n, providerClearing: 0n });
    expect(await free(renter)).toBe(25n * DOLLAR);
    expect((await only(renter))?.state).toBe('won');
  });

  it('is gone when it is lost', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    const { id } = double.act.chargeBack(chargeId);
    await hear();
    const moved = await moneyOf(async () => {
      double.act.closeDispute(String(id), 'lost');
      await hear();
      await hear(double.webhooks.log);
    });
    expect(moved).toEqual({ disputed: -2_500n, chargebackLosses: 0n, processingCosts: 0n, providerClearing: 2_500n });
    expect(await free(renter)).toBe(0n);
  });

  it('comes back after all when the bank gives it back later: what the market still bears first, the rest to the wallet', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    await spend(renter, 20n);
    const { id } = double.act.chargeBack(chargeId);
    double.act.closeDispute(String(id), 'lost');
    await hear();
    // Eight of the twenty that were spent are covered since.
    await pay(renter, 8n);
    expect(await free(renter)).toBe(0n);
    const moved = await moneyOf(async () => {
      double.act.reinstateDispute(String(id));
      await hear();
      await hear(double.webhooks.log.slice(-6));
    });
    expect(moved).toEqual({ disputed: 0n, chargebackLosses: 1_200n, processingCosts: 0n, providerClearing: -2_500n });
    expect(await free(renter)).toBe(13n * DOLLAR);
    expect(await only(renter)).toMatchObject({ state: 'won', uncoveredMicros: 0n });
  });

  it('is borne by the market as far as it was spent, and covered by what the renter pays next', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    await spend(renter, 20n);
    const moved = await moneyOf(async () => {
      const { id } = double.act.chargeBack(chargeId);
      double.act.closeDispute(String(id), 'lost');
      await hear();
    });
    expect(moved).toEqual({
      disputed: 0n,
      chargebackLosses: -2_000n,
      processingCosts: -1_500n,
      providerClearing: 4_000n,
    });
    expect((await chargebacksOf(renter)).missingMicros).toBe(20n * DOLLAR);
    await pay(renter, 15n);
    expect(await free(renter)).toBe(0n);
    expect((await chargebacksOf(renter)).missingMicros).toBe(5n * DOLLAR);
    await pay(renter, 15n);
    expect(await free(renter)).toBe(10n * DOLLAR);
    expect((await chargebacksOf(renter)).missingMicros).toBe(0n);
  });

  it('gives the market and the renter back what each bore, when it is won after a part was covered', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    await spend(renter, 20n);
    const losses = await balanceOf('chargebackLosses');
    const { id } = double.act.chargeBack(chargeId);
    await hear();
    await pay(renter, 15n);
    double.act.closeDispute(String(id), 'won');
    await hear();
    expect(await free(renter)).toBe(20n * DOLLAR);
    expect(await balanceOf('chargebackLosses')).toBe(losses);
  });

  it('is covered by money that became free in another way', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    await spend(renter, 25n);
    double.act.chargeBack(chargeId);
    await hear();
    await inTransaction('test: give', (tx) =>
      postTransfers(
        tx,
        [
          {
            from: PROMOTIONS,
            to: renterWallet(renter.userId),
            amountMicros: 30n * DOLLAR,
            kind: 'promotion',
            key: `test:${newKey()}`,
          },
        ],
        clock.now(),
      ),
    );
    await settleDebts(clock.world);
    expect(await free(renter)).toBe(5n * DOLLAR);
  });

  it('ends the same when its news comes before that of the payment', async () => {
    const renter = await person();
    const { sessionId } = await begin(renter);
    double.act.payCheckout(sessionId, '4000000000000259');
    const { log } = double.webhooks;
    await hear(log.filter((event) => event.type === 'charge.dispute.created').slice(-1));
    expect(await only(renter)).toMatchObject({ state: 'open', uncoveredMicros: 0n });
    await hear(log.slice(-6));
    expect(await free(renter)).toBe(0n);
    expect((await chargebacksOf(renter)).rows).toHaveLength(1);
  });

  it('is found by a sweep when no webhook told of it, and so is how it ended', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    const { id } = double.act.chargeBack(chargeId);
    await finishChargebacks(clock.world);
    expect((await only(renter))?.state).toBe('open');
    double.act.closeDispute(String(id), 'lost');
    clock.pass(86_401);
    await finishChargebacks(clock.world);
    expect((await only(renter))?.state).toBe('lost');
    await hear();
    expect(await free(renter)).toBe(0n);
  });

  it('is followed although the provider does not tell of another one', async () => {
    // Those of other tests are not asked about here.
    await sql('UPDATE chargebacks SET next_try_at = NULL');
    const [one, two] = [await person(), await person()];
    const ids: string[] = [];
    for (const who of [one, two]) ids.push(String(double.act.chargeBack((await pay(who, 25n)).chargeId).id));
    await hear();
    for (const id of ids) double.act.closeDispute(id, 'lost');
    clock.pass(86_401);
    double.faults.plan({ at: 'GET /v1/disputes/{dispute}', does: 'forbid' });
    await finishChargebacks(clock.world);
    expect([(await only(one))?.state, (await only(two))?.state].sort()).toEqual(['lost', 'open']);
    await finishChargebacks(clock.world);
    expect([(await only(one))?.state, (await only(two))?.state]).toEqual(['lost', 'lost']);
    await hear();
  });

  it('of a part takes that part', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    double.act.chargeBack(chargeId, { amount: 1_000 });
    await hear();
    expect(await free(renter)).toBe(15n * DOLLAR);
  });

  it('of a charge that this market never made changes nothing', async () => {
    const renter = await person();
    const { chargeId, topUpId } = await pay(renter, 25n);
    await sql(`UPDATE top_ups SET charge_id = NULL, provider = 'sandbox' WHERE id = $1`, [topUpId]);
    double.act.chargeBack(chargeId);
    const seen = double.webhooks.log.slice(-2).map((event) => event.id);
    await hear();
    expect(await sql(`SELECT DISTINCT outcome FROM provider_webhooks WHERE id = ANY($1)`, [seen])).toEqual([
      { outcome: 'notOurs' },
    ]);
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it('keeps its renter from booking until it is covered, and from nothing else', async () => {
    const { renter } = market.rentals;
    const { chargeId } = await pay(renter, 25n);
    await spend(renter, 1_020n);
    double.act.chargeBack(chargeId);
    await hear();
    const refused = await refusal(market.rentals.book());
    expect(refused.reason).toBe('chargebackUncovered');
    expect(refused.detail.missingMicros).toBe((20n * DOLLAR).toString());
    await pay(renter, 1_000n);
    await market.rentals.book();
  });

  it('is told to its renter when it begins and when it ends', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter, 25n);
    await spend(renter, 20n);
    const { id } = double.act.chargeBack(chargeId);
    await hear();
    double.act.closeDispute(String(id), 'lost');
    await hear();
    await deliverNotices(clock.world);
    const { rows } = await noticesOfViewer(renter, {});
    const told = rows.map((row) => `${row.title}. ${row.body}`);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/took a payment back.*\$25\.00 are set aside.*\$20\.00 of it were spent already/),
        expect.stringMatching(/is gone.*\$25\.00 went back to the card/),
      ]),
    );
  });
});

describe('chargebacks in the API', () => {
  it("are seen by their renter, and nobody else's are", async () => {
    const now = theWorld.now();
    const [mine, other] = await Promise.all([person({ now }), person({ now })]);
    const { chargeId } = await pay(mine, 25n);
    double.act.chargeBack(chargeId);
    await hear();
    const ask = async (who: Actor) => {
      const { token } = await createApiToken(who, { label: 'test', days: 1 });
      const headers = { authorization: `Bearer ${token}` };
      return (await v1.request('/chargebacks', { headers }, { address: '203.0.113.9', cookieActor: null })).json();
    };
    expect(await ask(mine)).toMatchObject({ missingMicros: '0', rows: [{ amountMicros: '25000000', state: 'open' }] });
    expect((await ask(other)).rows).toEqual([]);
  });
});

describe('the table of chargebacks', () => {
  it.each([
    [`UPDATE chargebacks SET amount_micros = 0, uncovered_micros = 0`, 'chargebacks_amounts'],
    [`UPDATE chargebacks SET uncovered_micros = amount_micros + 1`, 'chargebacks_amounts'],
    [`UPDATE chargebacks SET uncovered_micros = -1`, 'chargebacks_amounts'],
    [`UPDATE chargebacks SET state = 'won', uncovered_micros = 1`, 'chargebacks_amounts'],
    [`UPDATE chargebacks SET state = 'open', closed_at = now()`, 'chargebacks_state'],
    [`UPDATE chargebacks SET state = 'gone'`, 'chargebacks_state'],
    [`UPDATE chargebacks SET dispute_id = 'one'`, 'chargebacks_dispute_id_key'],
  ])('refuses %s', async (statement, constraint) => {
    await expect(sql(statement)).rejects.toThrow(constraint);
  });
});
