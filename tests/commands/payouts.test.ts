import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { env, forgetEnv } from '#lib/io/env.ts';
import { booksProblems } from '#lib/ledger/queries.ts';
import { carryPayouts } from '#lib/payments/carry-payouts.errand.ts';
import { payWeekly } from '#lib/payments/pay-weekly.ts';
import { hostMoney } from '#lib/payments/queries/host-money.ts';
import { releaseReserves } from '#lib/payments/release-reserves.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { askAll, earn, hostWith, refundFrom, someKey } from '#tests/support/payouts.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

const clock = movableClock();
const carry = () => carryPayouts(clock.world);
const payout = (id: string) => db.payout.findUniqueOrThrow({ where: { id } });

describe('a payout in the sandbox', () => {
  it('goes out, arrives, and says on its row that it was the sandbox', async () => {
    const host = await hostWith(100, clock);
    const { payoutId } = await askAll(host, clock);
    expect(await payout(payoutId)).toMatchObject({ state: 'asked', provider: 'sandbox', amountMicros: 90n * DOLLAR });
    expect((await hostMoney(host.userId)).payableMicros).toBe(0n);
    await carry();
    expect(await payout(payoutId)).toMatchObject({ state: 'arrived', nextTryAt: null });
    const kinds = await sql<{ kind: string }>('SELECT kind FROM transfers WHERE cause_id = $1 ORDER BY id', [payoutId]);
    expect(kinds.map((row) => row.kind).toSorted()).toEqual(['payout', 'payoutSent']);
  });

  it('is asked for once by one key, and one at a time by two tabs at once', async () => {
    const host = await hostWith(100, clock);
    const one = someKey();
    const same = await Promise.all([1, 2, 3, 4].map(() => askAll(host, clock, 20n * DOLLAR, one)));
    expect(new Set(same.map((asked) => asked.payoutId)).size).toBe(1);
    expect(same.filter((asked) => asked.created)).toHaveLength(1);
    expect((await refusal(askAll(host, clock, 21n * DOLLAR, one))).reason).toBe('conflict');
    const other = await hostWith(100, clock);
    const tabs = await Promise.allSettled([1, 2, 3].map(() => askAll(other, clock, 20n * DOLLAR)));
    expect(tabs.filter((tab) => tab.status === 'fulfilled')).toHaveLength(1);
    expect(await db.payout.count({ where: { hostId: other.userId } })).toBe(1);
    expect((await refusal(askAll(other, clock))).sentence).toContain('on its way');
  });

  it.each([
    ['nothing', 0n],
    ['less than nothing', -20n * DOLLAR],
    ['parts of a cent', 20n * DOLLAR + 1n],
    ['ten to the fifteenth dollars', 10n ** 21n],
    ['more than there is', 91n * DOLLAR],
  ])('of %s is refused, and nothing moves', async (_, amount) => {
    const host = await hostWith(100, clock);
    const refused = await refusal(askAll(host, clock, amount));
    expect(refused.reason).toBe('badInput');
    expect(refused.detail.amountMicros).toMatch(/\.$/);
    expect((await hostMoney(host.userId)).payableMicros).toBe(100n * DOLLAR);
  });

  it('is not for the suspended, not under odd keys, and not where there is no provider', async () => {
    const host = await hostWith(100, clock);
    expect((await refusal(askAll({ ...host, suspended: true }, clock))).reason).toBe('suspended');
    expect((await refusal(askAll(host, clock, null, 'a b'))).reason).toBe('badInput');
    expect((await refusal(askAll(host, clock, null, 'weekly:2026-11-23'))).reason).toBe('badInput');
    process.env.SUBLET_DEMO = '';
    forgetEnv();
    try {
      expect((await refusal(askAll(host, clock))).reason).toBe('unavailable');
    } finally {
      process.env.SUBLET_DEMO = '1';
      forgetEnv();
    }
  });

  it('of less than the least waits for more', async () => {
    expect((await refusal(askAll(await hostWith(10, clock), clock))).sentence).toContain('at least $10.00');
    expect((await refusal(askAll(await hostWith(0, clock), clock))).reason).toBe('notNow');
  });
});

describe('a host below zero', () => {
  it('after a refund of what was paid out is paid nothing until earnings have made up for it', async () => {
    const host = await hostWith(100, clock);
    await askAll(host, clock);
    await carry();
    await refundFrom(host, 40n * DOLLAR, clock);
    expect((await hostMoney(host.userId)).payableMicros).toBe(-40n * DOLLAR);
    expect((await refusal(askAll(host, clock))).sentence).toContain('−$40.00');
    await earn(host, 45n * DOLLAR, clock);
    expect((await refusal(askAll(host, clock))).sentence).toContain('$4.50 is ready so far');
    await earn(host, 20n * DOLLAR, clock);
    // What makes up for a refund was kept back of once already: a share of the rest is.
    const { payoutId } = await askAll(host, clock);
    expect((await payout(payoutId)).amountMicros).toBe(22_500_000n);
  });
});

describe('what is kept back of a new host', () => {
  it('is a share of what was earned since the last payout, comes back on its day, and only once', async () => {
    const host = await hostWith(100, clock);
    await askAll(host, clock);
    await carry();
    await earn(host, 50n * DOLLAR, clock);
    await askAll(host, clock);
    const kept = await db.hostReserve.findMany({ where: { hostId: host.userId }, orderBy: { amountMicros: 'desc' } });
    expect(kept.map((row) => row.amountMicros)).toEqual([10n * DOLLAR, 5n * DOLLAR]);
    expect(kept[0]?.releaseAt).toEqual(new Date(clock.now().getTime() + 14 * DAY));
    expect(await releaseReserves(clock.world)).toBe(0);
    clock.pass((14 * DAY) / 1_000);
    await Promise.all([releaseReserves(clock.world), releaseReserves(clock.world), releaseReserves(clock.world)]);
    const money = await hostMoney(host.userId);
    expect([money.payableMicros, money.reserveMicros]).toEqual([15n * DOLLAR, 0n]);
    await carry();
    const { payoutId } = await askAll(host, clock);
    expect((await payout(payoutId)).amountMicros).toBe(15n * DOLLAR);
  });

  it('is nothing once the host is no longer new', async () => {
    const host = await hostWith(1, clock);
    clock.pass((90 * DAY) / 1_000);
    await earn(host, 99n * DOLLAR, clock);
    const { payoutId } = await askAll(host, clock);
    expect((await payout(payoutId)).amountMicros).toBe(100n * DOLLAR);
  });
});

describe('the weekly payout', () => {
  beforeAll(async () => {
    // The first sweep of a market pays nobody for the past.
    await hostWith(500, clock);
    expect(await payWeekly(clock.world)).toBe(0);
  });

  it('pays every host who can be paid, each once, however many workers sweep', async () => {
    const [rich, poor, suspended, below] = await Promise.all(
      [500, 5, 500, 0].map((dollars) => hostWith(dollars, clock)),
    );
    if (!rich || !poor || !suspended || !below) throw new Error('no hosts');
    await db.user.update({ where: { id: suspended.userId }, data: { suspendedAt: clock.now() } });
    await refundFrom(below, DOLLAR, clock);
    clock.pass((7 * DAY) / 1_000);
    const before = await db.payout.count();
    const asked = await Promise.all([payWeekly(clock.world), payWeekly(clock.world), payWeekly(clock.world)]);
    expect(asked.reduce((sum, one) => sum + one, 0)).toBe((await db.payout.count()) - before);
    const of = (hostId: string) => db.payout.findMany({ where: { hostId }, select: { occasion: true } });
    expect(await of(rich.userId)).toEqual([{ occasion: 'weekly' }]);
    expect([await of(poor.userId), await of(suspended.userId), await of(below.userId)]).toEqual([[], [], []]);
    await carry();
    await earn(rich, 100n * DOLLAR, clock);
    expect(await payWeekly(clock.world)).toBe(0);
  });

  it('is made up for when nobody swept at its instant', async () => {
    const host = await hostWith(50, clock);
    clock.pass((9 * DAY) / 1_000);
    await payWeekly(clock.world);
    expect(await db.payout.count({ where: { hostId: host.userId } })).toBe(1);
    expect(env().payouts.weekday).toBe(1);
  });
});

describe('the last witness', () => {
  const refused = (constraint: RegExp, text: string, ...values: unknown[]) =>
    expect(sql(text, values)).rejects.toThrow(constraint);

  it('lets one payout of a host be on its way at a time, and one of a key', async () => {
    const host = await hostWith(100, clock);
    const { payoutId } = await askAll(host, clock, 20n * DOLLAR);
    const copy = (key: string, state: string) =>
      `INSERT INTO payouts (id, host_id, amount_micros, occasion, provider, state, idempotency_key, transfer_id, created_at)
       SELECT 'pay_${key}', host_id, amount_micros, occasion, provider, '${state}', ${key === 'same' ? 'idempotency_key' : `'${key}'`},
         ${state === 'asked' ? 'NULL' : `'tr_${key}'`}, created_at FROM payouts WHERE id = $1`;
    await refused(/payouts_one_on_its_way/, copy('second', 'asked'), payoutId);
    await refused(/payouts_one_on_its_way/, copy('second', 'sent'), payoutId);
    await refused(/payouts_host_id_idempotency_key_key/, copy('same', 'arrived'), payoutId);
  });

  it.each([
    ['payouts_amount', 'amount_micros = 0'],
    ['payouts_amount', 'amount_micros = 20000001'],
    ['payouts_amount', 'returned_micros = amount_micros + 1'],
    ['payouts_state', `state = 'rubbish', transfer_id = 'tr_8'`],
    ['payouts_bank', `bank = 'rubbish'`],
    ['payouts_left', `state = 'sent'`],
    ['payouts_left', `transfer_id = 'tr_9'`],
    ['payouts_left', 'returned_micros = 10000'],
    ['payouts_left', 'refused = true'],
  ])('%s refuses %s', async (constraint, change) => {
    const host = await hostWith(100, clock);
    const { payoutId } = await askAll(host, clock, 20n * DOLLAR);
    await refused(new RegExp(constraint), `UPDATE payouts SET ${change} WHERE id = $1`, payoutId);
  });

  it('lets one transfer of the provider belong to one payout, and keeps reserves whole', async () => {
    const [one, two] = [await hostWith(100, clock), await hostWith(100, clock)];
    await Promise.all([askAll(one, clock), askAll(two, clock)]);
    await carry();
    const ids = await db.payout.findMany({ where: { hostId: { in: [one.userId, two.userId] } }, select: { id: true } });
    await refused(
      /payouts_transfer_id_key/,
      'UPDATE payouts SET transfer_id = (SELECT transfer_id FROM payouts WHERE id = $1) WHERE id = $2',
      ids[0]?.id,
      ids[1]?.id,
    );
    await refused(/host_reserves_amount/, 'UPDATE host_reserves SET amount_micros = 0 WHERE host_id = $1', one.userId);
  });

  it('tells when the books do not fit a payout or a reserve', async () => {
    const host = await hostWith(100, clock);
    const { payoutId } = await askAll(host, clock, 20n * DOLLAR);
    await sql('UPDATE payouts SET amount_micros = amount_micros + 10000 WHERE id = $1', [payoutId]);
    await sql('UPDATE host_reserves SET amount_micros = amount_micros + 1 WHERE host_id = $1', [host.userId]);
    const problems = await booksProblems(db);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain(payoutId);
    expect(problems[1]).toContain(host.userId);
    await sql('UPDATE payouts SET amount_micros = amount_micros - 10000 WHERE id = $1', [payoutId]);
    await sql('UPDATE host_reserves SET amount_micros = amount_micros - 1 WHERE host_id = $1', [host.userId]);
  });
});
