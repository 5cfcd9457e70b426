import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { bookDifference } from '#lib/payments/book-difference.ts';
import { reconciliationPage } from '#lib/payments/queries/reconciliation.ts';
import { reconcile, reconcileNow } from '#lib/payments/reconcile.errand.ts';
import { recordMovements } from '#lib/payments/record-movements.ts';
import { sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { cardMarket, newKey } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR } from '#tests/support/rental.ts';

const market = await cardMarket();
const { clock, double, hear, pay } = market;
afterEach(expectBooksBalance);

const night = async () => {
  clock.pass(86_400);
  return reconcile(clock.world);
};

it('card payments with the provider’s fees, and what went back to cards, agree with the books to the cent', async () => {
  const renter = await market.renter();
  const admin = await person({ role: 'admin' });
  await pay(renter, 40n);
  clock.pass(1);
  await pay(renter, 25n);
  const wanted = { amountMicros: 30n * DOLLAR, idempotencyKey: newKey() };
  for (const id of await beginCardRefund(renter, wanted, clock.world)) await sendCardRefund(id, clock.world);
  await hear();
  expect(await night()).toBe(0);
  const { last } = await reconciliationPage(admin, clock.now());
  expect(last?.movements).toBeGreaterThanOrEqual(4);
  expect(last?.causes).toBe(last?.movements);
});

it.each(['won', 'lost'] as const)(
  'a chargeback agrees with the books while it is open and when it is %s',
  async (end) => {
    const { chargeId } = await pay(await market.renter());
    const { id } = double.act.chargeBack(chargeId);
    await hear();
    expect(await night()).toBe(0);
    double.act.closeDispute(String(id), end);
    await hear();
    expect(await night()).toBe(0);
  },
);

it('what the provider moved before we knew of it is named for what it was as soon as we do', async () => {
  const renter = await market.renter();
  const { chargeId } = await pay(renter, 40n);
  clock.pass(1);
  await pay(renter, 25n);
  const [refund = ''] = await beginCardRefund(
    renter,
    { amountMicros: 10n * DOLLAR, idempotencyKey: newKey() },
    clock.world,
  );
  await sendCardRefund(refund, clock.world);
  double.act.chargeBack(chargeId);
  // As after a crash between the provider's answer and our note of it.
  await sql(`UPDATE card_refunds SET refund_id = NULL WHERE id = $1`, [refund]);
  await reconcileNow('stripe', clock.now(), clock.world);
  await hear();
  expect(await night()).toBe(0);
});

describe('what the provider did that our books do not know of', () => {
  /** A lost chargeback, and what the provider moved for it afterwards, without any webhook. */
  async function lost(netMicros: bigint, name: string) {
    const renter = await market.renter();
    const { chargeId } = await pay(renter);
    const { id } = double.act.chargeBack(chargeId);
    await hear();
    double.act.closeDispute(String(id), 'lost');
    await hear();
    const moved = {
      id: `txn_${name}`,
      kind: 'adjustment',
      netMicros,
      feeMicros: 0n,
      refs: [String(id)],
      at: clock.now(),
    };
    await recordMovements('stripe', [moved]);
    expect(await night()).toBe(1);
    const admin = await person({ role: 'admin' });
    const open = async () => (await reconciliationPage(admin, clock.now())).open;
    const [difference] = await open();
    if (difference === undefined) throw new Error('nothing differs');
    const book = (account: 'market' | 'renter', who: Actor = admin) =>
      bookDifference(who, { differenceId: difference.id, account, reason: 'Seen at the provider.' }, clock.world);
    return { renter, admin, difference, book, open };
  }

  it('is booked by an admin, once, for the market: money back after a lost chargeback', async () => {
    const { renter, difference, book, open } = await lost(9n * DOLLAR, 'came_back');
    expect(difference.subject).toMatch(/^chb_/);
    expect((await refusal(book('market', renter))).status).toBe(403);
    const before = (await walletOf(renter)).freeMicros;
    const both = await Promise.allSettled([book('market'), book('market')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await open()).toEqual([]);
    expect((await walletOf(renter)).freeMicros).toBe(before);
    const moved = await db.transfer.findMany({ where: { causeId: difference.id } });
    expect(moved).toMatchObject([{ kind: 'correction', amountMicros: 9n * DOLLAR, reason: 'Seen at the provider.' }]);
    expect(await night()).toBe(0);
  });

  it('is booked on the renter’s wallet, where it holds as much', async () => {
    const gain = await lost(4n * DOLLAR, 'for_the_renter');
    const before = (await walletOf(gain.renter)).freeMicros;
    await gain.book('renter');
    expect((await walletOf(gain.renter)).freeMicros).toBe(before + 4n * DOLLAR);
    expect(await night()).toBe(0);
    const cost = await lost(-900n * DOLLAR, 'by_hand');
    expect((await refusal(cost.book('renter'))).reason).toBe('insufficientFunds');
    expect(await cost.open()).toHaveLength(1);
    await cost.book('market');
    expect(await night()).toBe(0);
  });

  it('of nobody’s payment is the market’s', async () => {
    const fee = {
      id: 'txn_a_fee',
      kind: 'stripe_fee',
      netMicros: -3n * DOLLAR,
      feeMicros: 0n,
      refs: [],
      at: clock.now(),
    };
    await recordMovements('stripe', [fee]);
    expect(await night()).toBe(1);
    const admin = await person({ role: 'admin' });
    const [difference] = (await reconciliationPage(admin, clock.now())).open;
    const book = (account: 'market' | 'renter') =>
      bookDifference(admin, { differenceId: difference?.id ?? '', account, reason: 'A fee.' }, clock.world);
    expect((await refusal(book('renter'))).detail.account).toContain('no renter');
    await book('market');
    expect(await night()).toBe(0);
    expect((await refusal(book('market'))).reason).toBe('notNow');
    const none = { differenceId: 'dif_none', account: 'market' as const, reason: 'x' };
    expect((await refusal(bookDifference(admin, none, clock.world))).reason).toBe('notFound');
  });
});
