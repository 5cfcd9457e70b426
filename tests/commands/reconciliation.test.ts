import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { db, inTransaction } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { PROMOTIONS, PROVIDER_CLEARING } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { carryPayouts } from '#lib/payments/carry-payouts.errand.ts';
import { explainDifference } from '#lib/payments/explain-difference.ts';
import { reconciliationPage } from '#lib/payments/queries/reconciliation.ts';
import { reconcile } from '#lib/payments/reconcile.errand.ts';
import { lastNight, whatToDo } from '#lib/payments/reconciliation.ts';
import { recordMovements } from '#lib/payments/record-movements.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { askAll, someKey } from '#tests/support/payouts.ts';
import { fund, hear, hostAtStripe, noStripe, stripeAt } from '#tests/support/payouts-at-stripe.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';

const clock = movableClock();
const double = await stripeAt(clock);
const admin = await person({ role: 'admin' });
afterAll(() => noStripe(double));
afterEach(expectBooksBalance);

const page = () => reconciliationPage(admin, clock.now());
const night = async () => {
  clock.pass(86_400);
  return reconcile(clock.world);
};

async function paid(dollars = 100) {
  fund(double, dollars * 100);
  const host = await hostAtStripe(double, dollars, clock);
  const { payoutId } = await askAll(host, clock);
  await carryPayouts(clock.world);
  const payout = await db.payout.findUniqueOrThrow({ where: { id: payoutId } });
  return { host, payoutId, transferId: String(payout.transferId) };
}

describe('the nightly comparison', () => {
  it('finds nothing where books and provider agree, payouts and what came back of them included', async () => {
    const { transferId, payoutId } = await paid();
    const { bankPayoutId } = await db.payout.findUniqueOrThrow({ where: { id: payoutId } });
    double.act.settlePayout(String(bankPayoutId), 'failed');
    await hear(double.webhooks.log.splice(0), clock);
    await carryPayouts(clock.world);
    await paid();
    expect(await night()).toBe(0);
    const { last, open } = await page();
    expect(open).toEqual([]);
    expect(last).toMatchObject({ stale: false, causes: 2 });
    expect((await needStripe().transfers.retrieve(transferId)).reversed).toBe(true);
  });

  it('comes once a night, and reads a list of many pages', async () => {
    const movement = (count: number) => ({
      id: `txn_page_${count}`,
      kind: 'topup',
      netMicros: 1n,
      feeMicros: 0n,
      refs: [],
      at: clock.now(),
    });
    const asked: (string | null)[] = [];
    const rails = () => ({
      movements: async ({ after }: { after: string | null }) => {
        asked.push(after);
        const first = asked.length * 3;
        return { rows: [first, first + 1, first + 2].map(movement), more: asked.length < 4 };
      },
    });
    clock.pass(86_400);
    await reconcile(clock.world, rails);
    expect(asked).toEqual([null, 'txn_page_5', 'txn_page_8', 'txn_page_11']);
    expect(await db.providerMovement.count({ where: { id: { startsWith: 'txn_page_' } } })).toBe(12);
    await reconcile(clock.world, rails);
    expect(asked).toHaveLength(4);
  });

  it('begins anew after a crash in the middle, and keeps each movement once', async () => {
    const { payoutId } = await paid();
    clock.pass(86_400);
    const rails = () => ({
      movements: async () => {
        throw new Error('hung up');
      },
    });
    await expect(reconcile(clock.world, rails)).rejects.toThrow('hung up');
    expect(await reconcile(clock.world)).toBe(0);
    expect(await db.providerMovement.count({ where: { causeId: payoutId } })).toBe(1);
  });

  it('leaves what moved within the last hour to the next night', async () => {
    await night();
    await paid();
    clock.pass(60);
    await needStripe().transfers.create({
      amount: 100,
      currency: 'usd',
      destination: (await hostAtStripe(double, 0, clock)).accountId,
    });
    await db.reconciliation.deleteMany({});
    expect(await reconcile(clock.world)).toBe(0);
    expect(await night()).toBe(1);
    const [found] = (await page()).open;
    await explainDifference(admin, { differenceId: found?.id ?? '', reason: 'Paid by hand.' }, clock.world);
  });

  it('names what is missing here, missing there, and of another amount, and what to do about each', async () => {
    const { payoutId, transferId } = await paid();
    const host = await hostAtStripe(double, 0, clock);
    fund(double, 5_000);
    await needStripe().transfers.create({ amount: 500, currency: 'usd', destination: host.accountId });
    // Money fetched back by hand at the provider, of which no webhook ever comes.
    const { bankPayoutId } = await db.payout.findUniqueOrThrow({ where: { id: payoutId } });
    double.act.settlePayout(String(bankPayoutId), 'failed');
    await needStripe().transfers.createReversal(transferId, { amount: 1_000 });
    double.webhooks.log.splice(0);
    const lost = { from: PROMOTIONS, to: PROVIDER_CLEARING, amountMicros: 7n * DOLLAR, kind: 'payoutSent' as const };
    await inTransaction('test: lost', (tx) =>
      postTransfers(tx, [{ ...lost, causeId: 'lost', key: someKey() }], clock.now()),
    );
    await night();
    const found = (await page()).open.map((row) => [row.kind, row.booksMicros, row.providerMicros]);
    expect(found).toHaveLength(3);
    expect(found).toContainEqual(['missingHere', 0n, -5n * DOLLAR]);
    expect(found).toContainEqual(['missingThere', -7n * DOLLAR, 0n]);
    expect(found).toContainEqual(['otherAmount', -90n * DOLLAR, -80n * DOLLAR]);
    for (const row of (await page()).open) expect(whatToDo(row.kind, row.subject)).toMatch(/[a-z].*\.$/);
    const told = await db.event.findFirst({ where: { kind: 'reconciliation.differs' }, orderBy: { id: 'desc' } });
    expect(told?.data).toEqual({ differences: 3 });
  });

  it('closes a difference that is gone, and keeps an explanation only while the figures stay as they are', async () => {
    const other = (await page()).open.find((row) => row.kind === 'otherAmount');
    await explainDifference(admin, { differenceId: other?.id ?? '', reason: 'Ten dollars by hand.' }, clock.world);
    await night();
    expect((await page()).explained.some((row) => row.id === other?.id)).toBe(true);
    expect((await page()).open.map((row) => row.kind)).not.toContain('otherAmount');
    const payout = await db.payout.findUniqueOrThrow({ where: { id: other?.subject ?? '' } });
    await needStripe().transfers.createReversal(String(payout.transferId), { amount: 500 });
    await night();
    expect((await page()).open).toContainEqual(
      expect.objectContaining({ subject: payout.id, providerMicros: -75n * DOLLAR, explanation: null }),
    );
    await hear(double.webhooks.log.splice(0), clock);
    await carryPayouts(clock.world);
    await night();
    expect((await page()).open.map((row) => row.subject)).not.toContain(payout.id);
  });
});

describe('who decides about a difference', () => {
  it('is an admin with a reason, once', async () => {
    const [open] = (await page()).open;
    if (open === undefined) throw new Error('nothing differs');
    const input = { differenceId: open.id, reason: 'A fee of theirs.' };
    const member = await person();
    expect((await refusal(explainDifference(member, input, clock.world))).reason).toBe('forbidden');
    expect((await refusal(reconciliationPage(member, clock.now()))).reason).toBe('forbidden');
    expect((await refusal(explainDifference(admin, { ...input, differenceId: 'dif_no' }, clock.world))).reason).toBe(
      'notFound',
    );
    await explainDifference(admin, input, clock.world);
    expect((await refusal(explainDifference(admin, input, clock.world))).reason).toBe('notNow');
    expect((await page()).explained.find((row) => row.id === open.id)?.explainedBy).toBe(admin.name);
  });

  it('sees that a night was missed', async () => {
    clock.pass(40 * 3_600);
    expect((await page()).last?.stale).toBe(true);
    expect(lastNight(new Date('2026-11-23T02:59:59Z'))).toEqual(new Date('2026-11-22T03:00:00Z'));
    expect(lastNight(new Date('2026-11-23T03:00:00Z'))).toEqual(new Date('2026-11-23T03:00:00Z'));
  });
});

describe('the last witness', () => {
  it('keeps what the provider said as it was said, one open difference for one thing, and explanations whole', async () => {
    const movement = { id: 'txn_w', kind: 'charge', netMicros: 5n, feeMicros: 0n, refs: ['ch_1'], at: clock.now() };
    await recordMovements('stripe', [movement, { ...movement, netMicros: 6n }]);
    expect((await db.providerMovement.findUniqueOrThrow({ where: { id: 'txn_w' } })).netMicros).toBe(5n);
    await expect(sql(`UPDATE provider_movements SET net_micros = 9 WHERE id = 'txn_w'`)).rejects.toThrow(
      'as it was said',
    );
    await expect(sql(`DELETE FROM provider_movements WHERE id = 'txn_w'`)).rejects.toThrow('never changed or deleted');
    const insert = `INSERT INTO book_differences (id, provider, kind, subject, books_micros, provider_micros, found_at, seen_at)
      VALUES ($1, 'stripe', $2, 'txn_w', $3, 1, now(), now())`;
    await sql(insert, ['dif_1', 'missingHere', 0]);
    await expect(sql(insert, ['dif_2', 'missingHere', 0])).rejects.toThrow('book_differences_one_open');
    await expect(sql(insert, ['dif_3', 'rubbish', 0])).rejects.toThrow('book_differences_kind');
    await expect(sql(insert, ['dif_4', 'otherAmount', 1])).rejects.toThrow('book_differences_explained');
    await expect(sql(`UPDATE book_differences SET explained_at = now() WHERE id = 'dif_1'`)).rejects.toThrow(
      'book_differences_explained',
    );
  });
});

describe('the sandbox', () => {
  it('has nothing to compare', async () => {
    const kept = process.env.STRIPE_SECRET_KEY;
    delete process.env.STRIPE_SECRET_KEY;
    forgetEnv();
    try {
      expect((await page()).provider).toBeNull();
      expect(await reconcile(clock.world)).toBe(0);
    } finally {
      process.env.STRIPE_SECRET_KEY = kept;
      forgetEnv();
    }
  });
});
