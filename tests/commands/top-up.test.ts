import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { theProvider, topUpsOf } from '#lib/payments/queries/top-ups.ts';
import { TOP_UP_LIMITS, topUpLimitsSentence } from '#lib/payments/top-up.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

const clock = movableClock();
const key = () => randomBytes(8).toString('hex');
const pay = (who: Actor, amountMicros: bigint, idempotencyKey = key()) =>
  topUpWallet(who, { amountMicros, idempotencyKey }, clock.world);

describe('adding money in the sandbox', () => {
  it('is there at once, and says that it is not real', async () => {
    const renter = await person();
    await pay(renter, 25n * DOLLAR);
    expect((await walletOf(renter)).freeMicros).toBe(25n * DOLLAR);
    expect(theProvider()?.warning).toContain('no real money');
    const [payment] = (await topUpsOf(renter)).rows;
    expect(payment).toMatchObject({ amountMicros: 25n * DOLLAR, provider: 'sandbox', state: 'settled' });
  });

  it('pays once for one key, in two tabs at once as well', async () => {
    const renter = await person();
    const one = key();
    const all = await Promise.all([1, 2, 3, 4].map(() => pay(renter, 10n * DOLLAR, one)));
    expect(new Set(all.map((paid) => paid.topUpId)).size).toBe(1);
    expect(all.filter((paid) => paid.created)).toHaveLength(1);
    expect((await walletOf(renter)).freeMicros).toBe(10n * DOLLAR);
    expect((await refusal(pay(renter, 11n * DOLLAR, one))).reason).toBe('conflict');
  });

  it('lets two people use the same key', async () => {
    const one = key();
    await pay(await person(), 10n * DOLLAR, one);
    expect((await pay(await person(), 10n * DOLLAR, one)).created).toBe(true);
  });

  it.each([
    ['nothing', 0n],
    ['less than nothing', -5n * DOLLAR],
    ['a cent', 10_000n],
    ['parts of a cent', 10n * DOLLAR + 1n],
    ['ten to the fifteenth dollars', 10n ** 21n],
    ['a micro-dollar too much', TOP_UP_LIMITS.mostMicros + 10_000n],
  ])('refuses %s', async (_, amountMicros) => {
    const refused = await refusal(pay(await person(), amountMicros));
    expect(refused.reason).toBe('badInput');
    expect(refused.detail.amountMicros).toMatch(/\.$/);
  });

  it('has a limit a day', async () => {
    const renter = await person();
    for (let paid = 0n; paid < TOP_UP_LIMITS.mostMicrosPerDay; paid += TOP_UP_LIMITS.mostMicros) {
      await pay(renter, TOP_UP_LIMITS.mostMicros);
    }
    expect((await refusal(pay(renter, 5n * DOLLAR))).detail.amountMicros).toContain('a day');
    clock.pass(86_401);
    await pay(renter, 5n * DOLLAR);
    expect(topUpLimitsSentence()).toContain('$10,000.00');
  });

  it('is not for the suspended, and takes no odd keys', async () => {
    const renter = await person();
    expect((await refusal(pay({ ...renter, suspended: true }, 5n * DOLLAR))).reason).toBe('suspended');
    expect((await refusal(pay(renter, 5n * DOLLAR, 'a b'))).reason).toBe('badInput');
  });

  it('exists in a demo only: a real market without a provider takes no money', async () => {
    process.env.SUBLET_DEMO = '';
    forgetEnv();
    try {
      expect(theProvider()).toBeNull();
      expect((await refusal(pay(await person(), 5n * DOLLAR))).reason).toBe('unavailable');
    } finally {
      process.env.SUBLET_DEMO = '1';
      forgetEnv();
    }
  });
});
