import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readiness } from '#app/_edge/readiness.ts';
import type { Actor } from '#lib/base/actor.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { beginTopUp } from '#lib/payments/begin-top-up.ts';
import { claimPayout } from '#lib/payments/claim-payout.ts';
import { claimTopUp } from '#lib/payments/claim-top-up.ts';
import { payWeekly } from '#lib/payments/pay-weekly.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { askAll, hostWith, someKey } from '#tests/support/payouts.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';

const KEYS = ['STRIPE_SECRET_KEY', 'STRIPE_API_BASE', 'SUBLET_DEMO'] as const;
const before = KEYS.map((key) => process.env[key]);
const clock = movableClock();
let renter: Actor;
let host: Actor;

function keys(of: 'sandbox' | 'test' | 'live') {
  for (const key of KEYS) delete process.env[key];
  if (of === 'sandbox') process.env.SUBLET_DEMO = '1';
  else process.env.STRIPE_SECRET_KEY = `sk_${of}_0123456789abcdef`;
  forgetEnv();
}

/** As a new database: nothing has decided yet. */
async function forget() {
  await sql('ALTER TABLE market_money DISABLE TRIGGER USER');
  await sql('DELETE FROM market_money');
  await sql('ALTER TABLE market_money ENABLE TRIGGER USER');
}

const pay = () => ({ amountMicros: 20n * DOLLAR, idempotencyKey: someKey() });

beforeAll(async () => {
  renter = await person();
  host = await hostWith(500, clock);
});
beforeEach(forget);
afterAll(() => {
  for (const [at, key] of KEYS.entries()) {
    if (before[at] === undefined) delete process.env[key];
    else process.env[key] = before[at];
  }
  forgetEnv();
});

describe('play money', () => {
  it('is never paid out by real keys, nor mixed with what they take in; the market is not ready, and says why', async () => {
    keys('sandbox');
    await topUpWallet(renter, pay(), clock.world);
    keys('live');
    expect((await refusal(beginTopUp(renter, pay(), clock.world))).sentence).toContain('begin with a new database');
    expect((await refusal(askAll(host, clock))).sentence).toContain('begin with a new database');
    await payWeekly(clock.world);
    clock.pass(8 * 86_400);
    expect(await payWeekly(clock.world)).toBe(0);
    expect(await readiness()).toMatchObject({
      ok: false,
      database: { ok: false, detail: expect.stringContaining('play money') },
    });
  });

  it('of a payout or payment that waits does not go out when the keys become real', async () => {
    keys('test');
    const { topUpId } = await beginTopUp(renter, pay(), clock.world);
    keys('sandbox');
    await askAll(host, clock, 50n * DOLLAR);
    keys('live');
    clock.pass(3_600);
    expect(await claimPayout(clock.world)).toBeNull();
    expect(await claimTopUp(topUpId, clock.world)).toBeNull();
    keys('sandbox');
    expect(await claimPayout(clock.world)).not.toBeNull();
  });

  it('may go from the sandbox to test keys and back: neither is real', async () => {
    keys('sandbox');
    await topUpWallet(renter, pay(), clock.world);
    keys('test');
    await beginTopUp(renter, pay(), clock.world);
    keys('sandbox');
    await topUpWallet(renter, pay(), clock.world);
  });
});

describe('real money', () => {
  it('is not joined by play money later', async () => {
    keys('live');
    await beginTopUp(renter, pay(), clock.world);
    keys('sandbox');
    expect((await refusal(topUpWallet(renter, pay(), clock.world))).sentence).toContain('holds real money');
    keys('live');
    await beginTopUp(renter, pay(), clock.world);
  });
});

describe('what was decided', () => {
  it('is one row that nobody changes', async () => {
    keys('sandbox');
    await topUpWallet(renter, pay(), clock.world);
    await expect(sql(`UPDATE market_money SET kind = 'real'`)).rejects.toThrow(/never changed or deleted/);
    await expect(sql('DELETE FROM market_money')).rejects.toThrow(/never changed or deleted/);
    await expect(sql('TRUNCATE market_money')).rejects.toThrow(/never changed or deleted/);
    const insert = `INSERT INTO market_money (id, kind, decided_at) VALUES`;
    await expect(sql(`${insert} (2, 'real', now())`)).rejects.toThrow(/market_money_once/);
    await forget();
    await expect(sql(`${insert} (1, 'both', now())`)).rejects.toThrow(/market_money_kind/);
  });
});
