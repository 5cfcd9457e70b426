import '#tests/support/database.ts';
import { afterEach, expect, it } from 'vitest';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { reconciliationPage } from '#lib/payments/queries/reconciliation.ts';
import { reconcile, reconcileNow } from '#lib/payments/reconcile.errand.ts';
import { sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
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
