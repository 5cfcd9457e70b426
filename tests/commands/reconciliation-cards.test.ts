import '#tests/support/database.ts';
import { afterEach, expect, it } from 'vitest';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { reconciliationPage } from '#lib/payments/queries/reconciliation.ts';
import { reconcile } from '#lib/payments/reconcile.errand.ts';
import { sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { cardMarket, newKey } from '#tests/support/card-market.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR } from '#tests/support/rental.ts';

const market = await cardMarket();
afterEach(expectBooksBalance);

it('card payments with the provider’s fees, and what went back to cards, agree with the books to the cent', async () => {
  const { clock } = market;
  const renter = await market.renter();
  const admin = await person({ role: 'admin' });
  await market.pay(renter, 40n);
  await market.pay(renter, 25n);
  const wanted = { amountMicros: 30n * DOLLAR, idempotencyKey: newKey() };
  for (const id of await beginCardRefund(renter, wanted, clock.world)) await sendCardRefund(id, clock.world);
  await market.hear();
  clock.pass(86_400);
  expect(await reconcile(clock.world)).toBe(0);
  const { last } = await reconciliationPage(admin, clock.now());
  expect(last?.movements).toBeGreaterThanOrEqual(4);
  expect(last?.causes).toBe(last?.movements);
});

it('a chargeback agrees as well: what was taken, its fee, and what came back', async () => {
  const { clock, double } = market;
  const renter = await market.renter();
  const admin = await person({ role: 'admin' });
  const [won, lost] = [await market.pay(renter, 40n), await market.pay(renter, 25n)];
  const disputes = [won, lost].map(({ chargeId }) => String(double.act.chargeBack(chargeId).id));
  await market.hear();
  double.act.closeDispute(disputes[0] ?? '', 'won');
  double.act.closeDispute(disputes[1] ?? '', 'lost');
  await market.hear();
  clock.pass(86_400);
  await reconcile(clock.world);
  expect((await reconciliationPage(admin, clock.now())).open).toEqual([]);
});
