import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { type AutomaticSettings, monthOf } from '#lib/payments/automatic-top-up.ts';
import { beginAutomatic } from '#lib/payments/begin-automatic.ts';
import { beginCardSetup } from '#lib/payments/begin-card-setup.ts';
import { chooseCard, removeCard } from '#lib/payments/change-cards.ts';
import { askCardSetup, finishCardWork, forgetCard } from '#lib/payments/keep-card.errand.ts';
import { finishTopUps } from '#lib/payments/pay-top-up.errand.ts';
import { automaticOf, cardsOf } from '#lib/payments/queries/cards.ts';
import { topUpsOf } from '#lib/payments/queries/top-ups.ts';
import { setAutomatic, stopAutomatic } from '#lib/payments/set-automatic.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { cardMarket, newKey } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR } from '#tests/support/rental.ts';
import type { CardNumber } from '#tests/support/stripe-double/cards.ts';

const { clock, double, hear, free } = await cardMarket();

beforeEach(() => double.faults.clear());
afterEach(async () => {
  await expectBooksBalance();
  // Nobody's settings of one test are swept in another.
  await sql(`DELETE FROM automatic_top_ups`);
});

/** Saves a card at the provider's page, until it is kept here. */
async function save(who: Actor, card?: CardNumber): Promise<void> {
  const url = await askCardSetup(await beginCardSetup(who, newKey(), clock.world), clock.world);
  double.act.payCheckout(url?.split('/').at(-1) ?? '', card);
  await hear();
  clock.pass(1);
}
const SETTINGS: AutomaticSettings = {
  thresholdMicros: 10n * DOLLAR,
  amountMicros: 25n * DOLLAR,
  monthlyLimitMicros: 60n * DOLLAR,
};
async function automatic(card?: CardNumber, settings: Partial<AutomaticSettings> = {}): Promise<Actor> {
  const renter = await person();
  await save(renter, card);
  await setAutomatic(renter, { ...SETTINGS, ...settings }, clock.world);
  return renter;
}
/** The sweeps of a while. */
async function pass(seconds = 20): Promise<void> {
  clock.pass(seconds);
  await beginAutomatic(clock.world);
  await finishTopUps(clock.world);
}
const labels = async (who: Actor) =>
  (await cardsOf(who)).map((card) => `${card.last4}${card.isDefault ? ' default' : ''}`);
const intentsOf = (topUpId: string) =>
  double.provider
    .all('payment_intent', 'platform')
    .filter((each) => (each.metadata as { topUpId?: string }).topUpId === topUpId);

describe('a saved card', () => {
  it('is typed at the provider and kept here by its last four digits; the first one is the default', async () => {
    const renter = await person();
    await save(renter);
    await save(renter, '5555555555554444');
    await hear(double.webhooks.log);
    expect(await labels(renter)).toEqual(['4242 default', '4444']);
    const stored = JSON.stringify(await db.savedCard.findMany({ where: { userId: renter.userId } }));
    expect(stored).not.toContain('4242424242424242');
  });

  it('is found by a sweep when no webhook told of it', async () => {
    const renter = await person();
    const url = await askCardSetup(await beginCardSetup(renter, newKey(), clock.world), clock.world);
    double.act.payCheckout(url?.split('/').at(-1) ?? '');
    clock.pass(11);
    await finishCardWork(clock.world);
    expect(await labels(renter)).toEqual(['4242 default']);
  });

  it.each(['hangUpBefore', 'hangUpAfter', 'errorAfter', 'errorBefore'] as const)(
    'is saved in the end although the provider answers with %s',
    async (does) => {
      const renter = await person();
      double.faults.plan({ does, times: does.startsWith('hangUp') ? 2 : 1 });
      const id = await beginCardSetup(renter, newKey(), clock.world);
      expect(await askCardSetup(id, clock.world)).toBeNull();
      clock.pass(11);
      await finishCardWork(clock.world);
      const { checkoutUrl } = await db.cardSetup.findUniqueOrThrow({ where: { id } });
      double.act.payCheckout(checkoutUrl?.split('/').at(-1) ?? '');
      await hear();
      expect(await labels(renter)).toEqual(['4242 default']);
    },
  );

  it('can be chosen and removed; the newest one left takes over, and the provider forgets what was removed', async () => {
    const renter = await person();
    await save(renter);
    await save(renter, '5555555555554444');
    const [first, second] = await cardsOf(renter);
    await chooseCard(renter, second?.id ?? '', clock.world);
    expect(await labels(renter)).toEqual(['4444 default', '4242']);
    await removeCard(renter, second?.id ?? '', clock.world);
    await forgetCard(second?.id ?? '', clock.world);
    expect(await labels(renter)).toEqual(['4242 default']);
    const { paymentMethodId } = await db.savedCard.findUniqueOrThrow({ where: { id: second?.id ?? '' } });
    expect(double.provider.any(paymentMethodId)?.customer).toBeNull();
    await hear(double.webhooks.log);
    expect((await cardsOf(renter))[0]?.id).toBe(first?.id);
  });

  it("is nobody else's to choose or remove", async () => {
    const renter = await person();
    await save(renter);
    const [card] = await cardsOf(renter);
    const other = await person();
    expect((await refusal(removeCard(other, card?.id ?? '', clock.world))).reason).toBe('notFound');
    expect((await refusal(chooseCard(other, card?.id ?? '', clock.world))).reason).toBe('notFound');
    expect(await cardsOf(other)).toEqual([]);
  });

  it('is not kept for the suspended, nor an eleventh', async () => {
    const renter = await person();
    expect((await refusal(beginCardSetup({ ...renter, suspended: true }, newKey(), clock.world))).reason).toBe(
      'suspended',
    );
    for (let begun = 0; begun < 10; begun += 1) await beginCardSetup(renter, newKey(), clock.world);
    expect((await refusal(beginCardSetup(renter, newKey(), clock.world))).reason).toBe('tooManyAttempts');
  });
});

describe('automatic payments', () => {
  it('fill the wallet when little is left, once, and not when enough is', async () => {
    const renter = await automatic();
    await pass();
    expect(await free(renter)).toBe(25n * DOLLAR);
    await pass();
    await hear();
    expect(await free(renter)).toBe(25n * DOLLAR);
    expect((await topUpsOf(renter)).rows).toHaveLength(1);
  });

  it('take one payment when several workers sweep at once', async () => {
    const renter = await automatic();
    await Promise.all([beginAutomatic(clock.world), beginAutomatic(clock.world), beginAutomatic(clock.world)]);
    await Promise.all([finishTopUps(clock.world), finishTopUps(clock.world)]);
    await hear();
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it('stop at the limit of the calendar month, and go on in the next', async () => {
    const renter = await automatic(undefined, { thresholdMicros: 1_000n * DOLLAR });
    await pass();
    await pass();
    await pass();
    expect(await free(renter)).toBe(50n * DOLLAR);
    expect((await automaticOf(renter))?.pausedReason).toBe('monthlyLimit');
    const month = monthOf(clock.now());
    while (monthOf(clock.now()).getTime() === month.getTime()) clock.pass(86_400);
    await pass();
    expect(await free(renter)).toBe(75n * DOLLAR);
    expect((await automaticOf(renter))?.pausedReason).toBeNull();
  });

  it.each([
    ['4000000000000341', 'declined'],
    ['4000002760003184', 'authentication'],
  ] as const)('pause with a notice when the card %s says no (%s)', async (card, reason) => {
    const renter = await automatic(card);
    await pass();
    await pass();
    expect(await free(renter)).toBe(0n);
    expect((await automaticOf(renter))?.pausedReason).toBe(reason);
    const { rows } = await topUpsOf(renter);
    expect(rows.map((row) => [row.state, row.failure])).toEqual([['failed', reason]]);
    await deliverNotices(clock.world);
    const told = (await noticesOfViewer(renter)).rows.map((notice) => notice.title);
    expect(told.filter((title) => title.includes('paused'))).toHaveLength(1);
    await setAutomatic(renter, SETTINGS, clock.world);
    expect((await automaticOf(renter))?.pausedReason).toBeNull();
  });

  it.each([
    ['the connection broke before the provider heard of it', 'hangUpBefore', 2],
    ['the connection broke after it had taken it', 'hangUpAfter', 2],
    ['the provider broke after it had taken it', 'errorAfter', 1],
    ['the provider turned it away', 'errorBefore', 1],
  ] as const)('take once when %s', async (_, does, times) => {
    const renter = await automatic();
    double.faults.plan({ at: 'POST /v1/payment_intents', does, times });
    await pass();
    // As if more than a day had passed: the provider knows the key no longer.
    double.forgetKeys();
    await pass(30);
    await hear();
    expect(await free(renter)).toBe(25n * DOLLAR);
    const [{ id = '' } = {}] = (await topUpsOf(renter)).rows;
    expect(intentsOf(id).filter((each) => each.status === 'succeeded')).toHaveLength(1);
  });

  it('pause once when the answer that the card declined was lost', async () => {
    const renter = await automatic('4000000000000341');
    double.faults.plan({ at: 'POST /v1/payment_intents', does: 'hangUpAfter', times: 2 });
    await pass();
    await pass(30);
    expect((await automaticOf(renter))?.pausedReason).toBe('declined');
  });

  it('take nothing long after the wallet was low', async () => {
    const renter = await automatic();
    double.faults.plan({ at: 'POST /v1/payment_intents', does: 'errorBefore' });
    await pass();
    await pass(3_700);
    expect(await free(renter)).toBe(0n);
    expect((await topUpsOf(renter)).rows[0]).toMatchObject({ state: 'failed', failure: 'unreachable' });
  });

  it('are not given up because a look for what was taken was refused', async () => {
    const renter = await automatic();
    double.faults.plan({ at: 'POST /v1/payment_intents', does: 'hangUpAfter', times: 2 });
    await pass();
    double.faults.plan({ at: 'GET /v1/payment_intents', does: 'forbid' });
    await pass(30);
    expect((await topUpsOf(renter)).rows[0]?.state).toBe('asked');
    await pass(600);
    expect(await free(renter)).toBe(25n * DOLLAR);
  });

  it.each([
    ['the card was taken away', async (who: Actor) => removeCard(who, (await cardsOf(who))[0]?.id ?? '', clock.world)],
    ['they were switched off', (who: Actor) => stopAutomatic(who, clock.world)],
  ])('take nothing any more once %s, also where the provider had been asked and was away', async (_, change) => {
    const renter = await automatic();
    double.faults.plan({ at: 'POST /v1/payment_intents', does: 'errorBefore' });
    await pass();
    await change(renter);
    await pass(60);
    expect(await free(renter)).toBe(0n);
    expect((await topUpsOf(renter)).rows[0]).toMatchObject({ state: 'failed', failure: 'unwanted' });
  });

  it('pause when the last card is removed', async () => {
    const renter = await automatic();
    const [card] = await cardsOf(renter);
    await removeCard(renter, card?.id ?? '', clock.world);
    await pass();
    expect((await automaticOf(renter))?.pausedReason).toBe('noCard');
    expect((await refusal(setAutomatic(renter, SETTINGS, clock.world))).reason).toBe('cardNeeded');
  });

  it.each([
    ['a negative threshold', { thresholdMicros: -1n }, 'thresholdMicros'],
    ['nothing', { amountMicros: 0n }, 'amountMicros'],
    ['parts of a cent', { amountMicros: 10n * DOLLAR + 1n }, 'amountMicros'],
    ['ten to the fifteenth', { amountMicros: 10n ** 15n }, 'amountMicros'],
    ['a limit below one payment', { monthlyLimitMicros: 24n * DOLLAR }, 'monthlyLimitMicros'],
  ])('refuse %s', async (_, wrong, field) => {
    const renter = await person();
    await save(renter);
    const refused = await refusal(setAutomatic(renter, { ...SETTINGS, ...wrong }, clock.world));
    expect(refused.reason).toBe('badInput');
    expect(refused.detail[field]).toMatch(/\.$/);
  });
});

describe('cards and automatic payments in the API', () => {
  it("are their owner's, from the first card to the last switch", async () => {
    const now = theWorld.now();
    const [mine, other] = await Promise.all([person({ now }), person({ now })]);
    const ask = async (who: Actor, method: string, path: string, body?: object) =>
      v1.request(
        path,
        {
          method,
          headers: {
            authorization: `Bearer ${(await createApiToken(who, { label: 'test', days: 1 })).token}`,
            'content-type': 'application/json',
            'idempotency-key': newKey(),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
        { address: '203.0.113.9', cookieActor: null },
      );
    const { checkoutUrl } = await (await ask(mine, 'POST', '/cards')).json();
    double.act.payCheckout(checkoutUrl.split('/').at(-1));
    await hear();
    const { rows } = await (await ask(mine, 'GET', '/cards')).json();
    expect(rows).toMatchObject([{ last4: '4242', isDefault: true }]);
    expect((await ask(other, 'DELETE', `/cards/${rows[0].id}`)).status).toBe(404);
    expect((await ask(other, 'POST', `/cards/${rows[0].id}/default`)).status).toBe(404);
    const settings = { thresholdMicros: '0', amountMicros: '25000000', monthlyLimitMicros: '25000000' };
    expect((await ask(other, 'PUT', '/automatic-top-up', settings)).status).toBe(409);
    expect((await ask(mine, 'PUT', '/automatic-top-up', settings)).status).toBe(200);
    expect(await (await ask(mine, 'GET', '/automatic-top-up')).json()).toMatchObject({
      ...settings,
      pausedReason: null,
    });
    expect(await (await ask(other, 'GET', '/automatic-top-up')).json()).toBeNull();
    expect((await ask(mine, 'DELETE', '/automatic-top-up')).status).toBe(200);
    expect((await ask(mine, 'DELETE', `/cards/${rows[0].id}`)).status).toBe(200);
    expect((await (await ask(mine, 'GET', '/cards')).json()).rows).toEqual([]);
  });
});

describe('the tables of cards', () => {
  it.each([
    [
      `INSERT INTO saved_cards SELECT id || 'x', user_id, payment_method_id || 'x', brand, last4, 1, 2030, true, now(), NULL FROM saved_cards WHERE is_default`,
      'saved_cards_one_default',
    ],
    [`UPDATE saved_cards SET removed_at = now() WHERE is_default`, 'saved_cards_removed'],
    [`UPDATE saved_cards SET payment_method_id = 'one'`, 'saved_cards_payment_method_id_key'],
    [`UPDATE card_setups SET state = 'lost'`, 'card_setups_state'],
    [`UPDATE payment_customers SET customer_id = 'one'`, 'payment_customers_customer_id_key'],
    [
      `INSERT INTO automatic_top_ups SELECT id, -1, 1, 1, NULL, NULL, now() FROM users LIMIT 1`,
      'automatic_top_ups_amounts',
    ],
    [
      `INSERT INTO automatic_top_ups SELECT id, 0, 2, 1, NULL, NULL, now() FROM users LIMIT 1`,
      'automatic_top_ups_amounts',
    ],
    [
      `INSERT INTO automatic_top_ups SELECT id, 0, 1, 1, now(), NULL, now() FROM users LIMIT 1`,
      'automatic_top_ups_paused',
    ],
    [
      `INSERT INTO top_ups (id, user_id, amount_micros, provider, state, idempotency_key, created_at, card_id)
       SELECT c.id || n, c.user_id, 1, 'stripe', 'asked', c.id || n, now(), c.id FROM saved_cards c, generate_series(1, 2) n`,
      'top_ups_one_automatic',
    ],
  ])('refuse %s', async (statement, constraint) => {
    await expect(sql(statement)).rejects.toThrow(constraint);
  });
});
