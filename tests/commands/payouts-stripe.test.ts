import '#tests/support/database.ts';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { theWorld } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { lookAgain } from '#lib/payments/begin-payout-account.ts';
import { carryPayouts } from '#lib/payments/carry-payouts.errand.ts';
import { onboardHost, refreshAccounts } from '#lib/payments/onboard-host.errand.ts';
import { ProviderRefusal } from '#lib/payments/payout-rail.ts';
import { hostMoney } from '#lib/payments/queries/host-money.ts';
import { payoutOf, payoutsOf, payoutsPage } from '#lib/payments/queries/payouts.ts';
import { railOf } from '#lib/payments/queries/rails.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { askAll, hostWith } from '#tests/support/payouts.ts';
import { atStripe, fund, hear, hostAtStripe, noStripe, stripeAt } from '#tests/support/payouts-at-stripe.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';

const clock = movableClock();
const double = await stripeAt(clock);
afterAll(() => noStripe(double));
afterEach(async () => {
  double.faults.clear();
  await expectBooksBalance();
});

/** The package asks once more by itself when a connection breaks. */
const TRIES = 2;

/** What happened at Stripe since the last test asked. */
const news = () => double.webhooks.log.splice(0);

const carry = () => carryPayouts(clock.world);
const payout = (id: string) => db.payout.findUniqueOrThrow({ where: { id } });

async function sent(dollars = 100) {
  fund(double, dollars * 100);
  const host = await hostAtStripe(double, dollars, clock);
  const { payoutId } = await askAll(host, clock);
  return { host, payoutId, there: () => atStripe(double, payoutId, host.accountId) };
}

describe('a payout by Stripe', () => {
  it('is a transfer to the host’s account and a payout from there to the bank, and arrives when the bank says so', async () => {
    const { host, payoutId, there } = await sent();
    await carry();
    expect(await payout(payoutId)).toMatchObject({ state: 'sent', bank: 'pending' });
    expect(there().transfers[0]).toMatchObject({ amount: 9_000, destination: host.accountId });
    double.act.settlePayout(String(there().banks[0]?.id), 'paid');
    await hear(news(), clock);
    expect(await payout(payoutId)).toMatchObject({ state: 'arrived', arrivedAt: clock.now() });
  });

  it('is found to have arrived also when no webhook says so', async () => {
    const { payoutId, there } = await sent();
    await carry();
    double.act.settlePayout(String(there().banks[0]?.id), 'paid');
    clock.pass(6 * 3_600);
    await carry();
    expect((await payout(payoutId)).state).toBe('arrived');
  });

  it.each([
    ['the answer is lost', 'hangUpAfter'],
    ['Stripe fails after it has done it', 'errorAfter'],
  ] as const)('is made once when %s, also long after its key is forgotten', async (_, does) => {
    const { payoutId, there } = await sent();
    double.faults.plan({ does, at: 'POST /v1/transfers', times: TRIES });
    await carry();
    expect(await payout(payoutId)).toMatchObject({ state: 'asked', attempts: 1 });
    expect(there().transfers).toHaveLength(1);
    double.forgetKeys();
    clock.pass(3 * 86_400);
    double.faults.plan({ does, at: 'POST /v1/payouts', times: TRIES });
    await carry();
    double.forgetKeys();
    clock.pass(3 * 86_400);
    await carry();
    expect(await payout(payoutId)).toMatchObject({ state: 'sent', bank: 'pending' });
    expect([there().transfers.length, there().banks.length]).toEqual([1, 1]);
  });

  it('that Stripe refuses for good is owed again, with what it said', async () => {
    const { host, payoutId } = await sent();
    double.act.onboard(host.accountId, { open: false });
    await carry();
    expect(await payout(payoutId)).toMatchObject({ state: 'failed', nextTryAt: null });
    expect((await payout(payoutId)).failure).toContain('capabilities');
    expect((await hostMoney(host.userId)).payableMicros).toBe(90n * DOLLAR);
  });

  it('waits while the platform has too little at Stripe, and goes out under a new key when it has it', async () => {
    const { payoutId, there } = await sent();
    const { available } = await needStripe().balance.retrieve();
    fund(double, -(available[0]?.amount ?? 0));
    await carry();
    expect(await payout(payoutId)).toMatchObject({ state: 'asked', refusals: 1 });
    fund(double, 9_000);
    clock.pass(60);
    await carry();
    expect((await payout(payoutId)).state).toBe('sent');
    expect(there().transfers).toHaveLength(1);
  });

  it('that the bank refuses is fetched back and owed again, also when it had said that it had arrived', async () => {
    const { host, payoutId, there } = await sent();
    await carry();
    const bank = String(there().banks[0]?.id);
    double.act.settlePayout(bank, 'paid');
    await hear(news(), clock);
    double.act.settlePayout(bank, 'failed');
    await hear(news(), clock);
    expect(await payout(payoutId)).toMatchObject({ state: 'returning', failure: 'The bank account has been closed.' });
    await carry();
    await hear(news(), clock);
    expect(await payout(payoutId)).toMatchObject({ state: 'returned', returnedMicros: 90n * DOLLAR });
    expect((await hostMoney(host.userId)).payableMicros).toBe(90n * DOLLAR);
    await askAll(host, clock);
    await carry();
  });

  it('of which staff fetched a part back at Stripe owes that part again', async () => {
    const { host, payoutId, there } = await sent();
    await carry();
    double.act.settlePayout(String(there().banks[0]?.id), 'failed');
    await needStripe().transfers.createReversal(String(there().transfers[0]?.id), { amount: 1_000 });
    await hear(news().toReversed(), clock);
    expect((await payout(payoutId)).returnedMicros).toBe(10n * DOLLAR);
    expect((await hostMoney(host.userId)).payableMicros).toBe(10n * DOLLAR);
    await carry();
    expect((await payout(payoutId)).state).toBe('returned');
  });

  it('of which a part was fetched back before the bank was asked pays the rest to the bank', async () => {
    const { payoutId, there } = await sent();
    double.faults.plan({ does: 'errorBefore', at: 'POST /v1/payouts' });
    await carry();
    await needStripe().transfers.createReversal(String(there().transfers[0]?.id), { amount: 1_000 });
    clock.pass(3_600);
    await carry();
    expect(there().banks.map((bank) => bank.amount)).toEqual([8_000]);
    double.act.settlePayout(String(there().banks[0]?.id), 'paid');
    await hear(news(), clock);
    expect(await payout(payoutId)).toMatchObject({ state: 'arrived', returnedMicros: 10n * DOLLAR });
  });

  it('that may have left is not owed again because a look for it was refused', async () => {
    const { host, payoutId, there } = await sent();
    double.faults.plan({ does: 'hangUpAfter', at: 'POST /v1/transfers', times: TRIES });
    await carry();
    expect(there().transfers).toHaveLength(1);
    const refusing = async () => {
      throw new ProviderRefusal('resource_missing', 'Not with this key.', true);
    };
    clock.pass(60);
    await carryPayouts(clock.world, (provider) => ({ ...railOf(provider), findTransfer: refusing }));
    expect(await payout(payoutId)).toMatchObject({ state: 'asked', lastError: 'Not with this key.' });
    expect((await hostMoney(host.userId)).payableMicros).toBe(0n);
    clock.pass(3_600);
    await carry();
    expect((await payout(payoutId)).state).toBe('sent');
    expect(there().transfers).toHaveLength(1);
  });

  it('of which staff fetched a part back before it went to the bank takes the rest there, also when no webhook says so', async () => {
    const { host, payoutId, there } = await sent();
    double.faults.plan({ does: 'errorBefore', at: 'POST /v1/payouts', times: TRIES });
    await carry();
    expect(await payout(payoutId)).toMatchObject({ state: 'sent', bankPayoutId: null });
    await needStripe().transfers.createReversal((await payout(payoutId)).transferId ?? '', { amount: 300 });
    news();
    for (let hours = 0; hours < 6; hours += 1) {
      clock.pass(3_600);
      await carry();
    }
    expect(there().banks).toMatchObject([{ amount: 8_700, status: 'pending' }]);
    double.act.settlePayout(String(there().banks[0]?.id), 'paid');
    await hear(news(), clock);
    expect(await payout(payoutId)).toMatchObject({ state: 'arrived', returnedMicros: 3n * DOLLAR });
    expect((await hostMoney(host.userId)).payableMicros).toBe(3n * DOLLAR);
  });

  it('hears webhooks about what this market never made, and does nothing', async () => {
    fund(double, 5_000);
    const host = await hostAtStripe(double, 0, clock);
    const stripe = needStripe();
    await stripe.transfers.create({
      amount: 100,
      currency: 'usd',
      destination: host.accountId,
      transfer_group: 'pay_no',
    });
    await stripe.payouts.create({ amount: 100, currency: 'usd' }, { stripeAccount: host.accountId });
    await stripe.payouts.create({ amount: 100, currency: 'usd' });
    const before = await db.transfer.count();
    await hear(news(), clock);
    expect(await db.transfer.count()).toBe(before);
    const outcomes = await db.providerWebhook.groupBy({ by: ['outcome'], _count: true });
    expect(outcomes.map((row) => row.outcome)).toContain('notOurs');
    expect(outcomes.map((row) => row.outcome)).not.toContain(null);
  });

  it('does not believe a transfer by hand that carries our id and another amount', async () => {
    const { host, payoutId } = await sent();
    fund(double, 5_000);
    const made = { amount: 5_000, currency: 'usd', destination: host.accountId, transfer_group: payoutId };
    await needStripe().transfers.create(made);
    await hear(news(), clock);
    expect((await payout(payoutId)).transferId).toBeNull();
    await carry();
    expect((await payout(payoutId)).state).toBe('sent');
  });
});

describe('another host’s payout', () => {
  it('is not found', async () => {
    const { host, payoutId } = await sent();
    const other = await hostWith(0, clock);
    expect((await payoutOf(host, payoutId)).amountMicros).toBe(90n * DOLLAR);
    expect((await refusal(payoutOf(other, payoutId))).reason).toBe('notFound');
    expect((await payoutsOf(other)).rows).toEqual([]);
    await carry();
  });
});

describe('a host’s account', () => {
  it('is opened once, leads to the provider’s pages, and can be paid when those are done', async () => {
    const host = await hostWith(100, clock);
    expect((await refusal(askAll(host, clock))).sentence).toContain('set up your payout account');
    double.faults.plan({ does: 'hangUpAfter', at: 'POST /v2/core/accounts', times: TRIES });
    await expect(onboardHost(host, { country: 'DE' }, clock.world)).rejects.toThrow();
    const address = await onboardHost(host, { country: 'DE' }, clock.world);
    expect(
      double.requests.filter((request) => request.at === 'POST /v2/core/accounts' && !request.replayed),
    ).toHaveLength(1);
    await refreshAccounts(clock.world);
    const begun = await payoutsPage(host, clock.now());
    expect(begun.account).toMatchObject({ state: 'incomplete', country: 'DE' });
    expect(begun.account.missing).toContain('the bank account to pay to');
    await fetch(address, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ do: 'finish' }) });
    await lookAgain(host, clock.world);
    await refreshAccounts(clock.world);
    expect((await payoutsPage(host, clock.now())).account.state).toBe('ready');
    expect(double.requests.some((request) => request.at === 'POST /v1/balance_settings')).toBe(true);
    fund(double, 10_000);
    await askAll(host, clock);
    await carry();
  });

  it('follows its webhooks in any order: what counts is how it stands when we look', async () => {
    const host = await hostAtStripe(double, 100, clock);
    double.act.onboard(host.accountId, { open: false });
    double.act.onboard(host.accountId);
    double.act.onboard(host.accountId, { open: false });
    await hear(news().toReversed(), clock);
    await refreshAccounts(clock.world);
    const { account, whyNot } = await payoutsPage(host, clock.now());
    expect(account).toMatchObject({ state: 'incomplete', missing: ['a photo of an identity document'] });
    expect(whyNot).toContain('not complete');
    expect((await refusal(askAll(host, clock))).reason).toBe('notNow');
  });

  it('that a crash left half opened is finished by the sweep', async () => {
    const host = await hostWith(0, clock);
    double.faults.plan({ does: 'hangUpBefore', at: 'POST /v2/core/accounts', times: TRIES });
    await expect(onboardHost(host, { country: 'US' }, clock.world)).rejects.toThrow();
    expect((await payoutsPage(host, clock.now())).account.state).toBe('opening');
    clock.pass(60);
    await refreshAccounts(clock.world);
    expect((await payoutsPage(host, clock.now())).account.state).not.toBe('opening');
  });

  it('needs a country that there is, and a host in good standing', async () => {
    const host = await hostWith(0, clock);
    expect((await refusal(onboardHost(host, { country: 'XX' }, clock.world))).reason).toBe('badInput');
    const suspended = { ...host, suspended: true };
    expect((await refusal(onboardHost(suspended, { country: 'US' }, theWorld))).reason).toBe('suspended');
  });
});
