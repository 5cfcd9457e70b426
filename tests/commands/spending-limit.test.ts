import '#tests/support/database.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { newId } from '#lib/base/id.ts';
import { priceFor } from '#lib/bookings/priced.ts';
import { previewQuote } from '#lib/bookings/queries/quote.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { spendingLimitOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { creditDraft } from '#lib/ledger/transfer.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { takenDrafts } from '#lib/payments/chargeback.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { DOLLAR, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { GIB } from '#tests/support/stalls.ts';

const limitOf = (dollars: string) => {
  process.env.SUBLET_NEW_ACCOUNT_DOLLARS_PER_DAY = dollars;
  forgetEnv();
};
beforeAll(() => limitOf('20'));
afterEach(expectBooksBalance);
afterAll(() => {
  delete process.env.SUBLET_NEW_ACCOUNT_DOLLARS_PER_DAY;
  forgetEnv();
});

/** A payment of real money, as the payment provider's sweep would settle it. */
async function pays(market: RentalMarket, dollars: bigint): Promise<string> {
  const { renter, clock } = market;
  const id = newId('topUp', clock.now());
  const amountMicros = dollars * DOLLAR;
  const settled = { state: 'settled', createdAt: clock.now(), settledAt: clock.now(), idempotencyKey: id };
  await db.topUp.create({ data: { id, userId: renter.userId, amountMicros, provider: 'stripe', ...settled } });
  const credit = creditDraft({
    userId: renter.userId,
    amountMicros,
    source: 'provider',
    causeId: id,
    key: `topUp:${id}`,
  });
  await inTransaction('test: pay', (tx) => postTransfers(tx, [credit], clock.now()));
  return id;
}

describe('a new account', () => {
  it('sets aside no more than its limit at first, whatever it has, and is told so before it books', async () => {
    const market = await rentalMarket();
    const { renter, clock, listingId } = market;
    await market.beat();
    const wish = { listingId, gpuCount: 1, diskBytes: BigInt(GIB), durationSeconds: null, capMicros: null };
    const quote = await previewQuote(renter, wish, clock.now());
    expect(quote.hold.nowMicros).toBe(20n * DOLLAR);
    const money = { ...(await walletOf(renter)), spending: await spendingLimitOf(renter, clock.now()) };
    const priced = priceFor(quote, { capMicros: null, ...money }, null);
    expect(priced).toMatchObject({ heldMicros: 20n * DOLLAR, missingMicros: null });
    expect(priced.limited).toContain('at most $20.00 in 24 hours; $20.00 of that is left');
    const hand = await market.book();
    expect((await hand.lease()).heldMicros).toBe(20n * DOLLAR);
    expect((await spendingLimitOf(renter, clock.now())).leftMicros).toBe(0n);
  });

  it('is refused what is over it with how much, what is left and when it rises', async () => {
    const market = await rentalMarket();
    await pays(market, 30n);
    const first = await market.book({ capMicros: 19n * DOLLAR });
    const over = await refusal(market.book({ capMicros: 5n * DOLLAR }));
    expect(over.reason).toBe('spendingLimit');
    expect(over.sentence).toContain(
      'This sets $5.00 aside. A new account sets aside and uses at most $20.00 in 24 hours; $1.00',
    );
    expect(over.sentence).toContain('It rises to $50.00 at 2026-11-26 12:00 UTC.');
    expect((await refusal(market.book())).reason).toBe('spendingLimit');
    market.clock.pass(3 * 86_400);
    await market.beat();
    const second = await market.book({ capMicros: 5n * DOLLAR });
    expect((await second.lease()).heldMicros).toBe(5n * DOLLAR);
    expect((await first.lease()).heldMicros).toBe(19n * DOLLAR);
  });

  it('that lacks the money itself hears of the money and not of the limit', async () => {
    const market = await rentalMarket({ dollars: 5 });
    expect((await refusal(market.book({ capMicros: 15n * DOLLAR }))).reason).toBe('insufficientFunds');
    expect((await refusal(market.book({ capMicros: 30n * DOLLAR }))).reason).toBe('insufficientFunds');
  });

  it('does not get round it by two tabs, by ending and booking again, or by a renewal', async () => {
    const market = await rentalMarket();
    const { renter, clock } = market;
    const both = await Promise.allSettled([
      market.book({ capMicros: 12n * DOLLAR }),
      market.book({ capMicros: 12n * DOLLAR }),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { reason: 'spendingLimit' } });
    const other = await rentalMarket();
    const hand = await other.book();
    await hand.connect();
    other.clock.pass(4 * 3_600);
    await hand.state();
    await other.beat();
    expect(await renewHolds(other.clock.world)).toBe(0);
    const { chargedMicros, heldMicros } = await hand.lease();
    expect(chargedMicros + heldMicros).toBe(20n * DOLLAR);
    const { cost } = await rentalOf(other.renter, hand.id, other.clock.now());
    expect(cost.runwaySeconds).toBeLessThan(6 * 3_600);
    expect((await spendingLimitOf(renter, clock.now())).takenMicros).toBe(12n * DOLLAR);
  });

  it('gets it anew as what it used lies a day back, and what came back does not count', async () => {
    const market = await rentalMarket();
    const { renter, clock } = market;
    const hand = await market.book({ capMicros: 10n * DOLLAR });
    await hand.connect();
    clock.pass(3_600);
    await hand.state();
    const { chargedMicros } = await hand.lease();
    await hand.say('ended');
    expect((await spendingLimitOf(renter, clock.now())).takenMicros).toBe(chargedMicros);
    clock.pass(86_401);
    expect((await spendingLimitOf(renter, clock.now())).takenMicros).toBe(0n);
  });

  it('is not raised by sandbox money, nor by a payment that a bank took back', async () => {
    const market = await rentalMarket();
    const topUpId = await pays(market, 500n);
    const id = newId('chargeback', market.clock.now());
    const taken = { id, userId: market.renter.userId, amountMicros: 500n * DOLLAR, uncoveredMicros: 0n };
    await inTransaction('test: take', (tx) => postTransfers(tx, takenDrafts(taken), market.clock.now()));
    await db.chargeback.create({
      data: {
        ...taken,
        topUpId,
        disputeId: id,
        feeMicros: 0n,
        movements: 0,
        state: 'open',
        reason: 'fraudulent',
        createdAt: market.clock.now(),
      },
    });
    market.clock.pass(10 * 86_400);
    expect((await spendingLimitOf(market.renter, market.clock.now())).mostMicros).toBe(20n * DOLLAR);
    await pays(market, 25n);
    market.clock.pass(30 * 86_400);
    expect((await spendingLimitOf(market.renter, market.clock.now())).mostMicros).toBeNull();
    expect((await market.book()).id).toMatch(/^bkg_/);
  });

  it('is not raised by money that was paid in and given back to the card', async () => {
    const market = await rentalMarket();
    const { renter, clock } = market;
    const topUpId = await pays(market, 500n);
    clock.pass(3 * 86_400);
    expect((await spendingLimitOf(renter, clock.now())).mostMicros).toBe(520n * DOLLAR);
    await beginCardRefund(renter, { amountMicros: 490n * DOLLAR, idempotencyKey: topUpId }, clock.world);
    expect((await spendingLimitOf(renter, clock.now())).mostMicros).toBe(30n * DOLLAR);
  });

  it('has no limit where the market sets none, and reads it by the API', async () => {
    const market = await rentalMarket();
    const ask = async () =>
      (await v1.request('/wallet/spending-limit', {}, { address: '', cookieActor: market.renter })).json();
    expect(await ask()).toMatchObject({ mostMicros: '20000000' });
    limitOf('0');
    expect(await ask()).toMatchObject({ mostMicros: null, leftMicros: null });
    expect((await (await market.book()).lease()).heldMicros).toBeGreaterThan(80n * DOLLAR);
    limitOf('20');
  });
});
