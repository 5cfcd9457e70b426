import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '#lib/base/time.ts';
import {
  FLAGGED_MICROS,
  FREE_AFTER_DAYS,
  limitSentence,
  RIPE_DAYS,
  type SpendingFacts,
  spendable,
  spendingOf,
} from './spending-limit.ts';

const BORN = new Date('2026-11-01T12:00:00Z');
const onDay = (days: number) => new Date(BORN.getTime() + days * DAY);
const paid = (dollars: number, day: number) => ({ micros: BigInt(dollars) * 1_000_000n, settledAt: onDay(day) });
const facts = (change: Partial<SpendingFacts> = {}): SpendingFacts => ({
  newAccountMicros: 100_000_000n,
  accountCreatedAt: BORN,
  payments: [],
  heldMicros: 0n,
  usedMicros: 0n,
  ...change,
});

describe('the limit of a new account', () => {
  it('is what the market says, less what is set aside and what was used in a day', () => {
    const spending = spendingOf(facts({ heldMicros: 30_000_000n, usedMicros: 20_000_000n }), BORN);
    expect(spending).toEqual({
      mostMicros: 100_000_000n,
      takenMicros: 50_000_000n,
      leftMicros: 50_000_000n,
      rises: null,
    });
    expect(spendable(70_000_000n, spending)).toBe(50_000_000n);
    expect(spendable(7n, spending)).toBe(7n);
    expect(spendingOf(facts({ heldMicros: 300_000_000n }), BORN).leftMicros).toBe(0n);
  });

  it('rises by each payment when it is ripe, not before, and says when', () => {
    const payments = [paid(50, 0), paid(7, 1)];
    const early = spendingOf(facts({ payments }), onDay(1));
    expect(early.mostMicros).toBe(100_000_000n);
    expect(early.rises).toEqual({ at: onDay(RIPE_DAYS), toMicros: 150_000_000n });
    expect(spendingOf(facts({ payments }), new Date(onDay(RIPE_DAYS).getTime() - 1)).mostMicros).toBe(100_000_000n);
    expect(spendingOf(facts({ payments }), onDay(RIPE_DAYS)).mostMicros).toBe(150_000_000n);
    expect(spendingOf(facts({ payments }), onDay(RIPE_DAYS + 1)).mostMicros).toBe(157_000_000n);
    expect(limitSentence(early)).toContain(
      'at most $100.00 in 24 hours; $100.00 of that is left. It rises to $150.00 at 2026-11-04 12:00 UTC.',
    );
  });

  it('ends after thirty days for whoever paid as much as a new account may spend, and only for them', () => {
    const well = facts({ payments: [paid(100, 0)] });
    expect(spendingOf(well, onDay(FREE_AFTER_DAYS - 0.001)).mostMicros).toBe(200_000_000n);
    expect(spendingOf(well, onDay(FREE_AFTER_DAYS - 1)).rises).toEqual({ at: onDay(FREE_AFTER_DAYS), toMicros: null });
    expect(spendingOf(well, onDay(FREE_AFTER_DAYS)).mostMicros).toBeNull();
    expect(spendingOf(facts({ payments: [paid(99, 0)] }), onDay(365)).mostMicros).toBe(199_000_000n);
    expect(spendingOf(facts(), onDay(365)).mostMicros).toBe(100_000_000n);
    expect(limitSentence(spendingOf(well, onDay(29)))).toContain('It ends at');
    expect(limitSentence(spendingOf(facts(), BORN))).toContain('Each payment raises it');
  });

  it('is none where the market sets none', () => {
    const spending = spendingOf(facts({ newAccountMicros: null, heldMicros: 10n ** 15n }), BORN);
    expect(spending).toMatchObject({ mostMicros: null, leftMicros: null, rises: null });
    expect(spendable(10n ** 15n, spending)).toBe(10n ** 15n);
    expect(limitSentence(spending)).toBe('');
  });

  it('is small for an account that staff look at, whatever it paid and however old it is', () => {
    const old = { payments: [paid(500, 0)], heldMicros: 10_000_000n, flagged: true };
    const spending = spendingOf(facts(old), onDay(400));
    expect(spending).toMatchObject({
      mostMicros: FLAGGED_MICROS,
      leftMicros: FLAGGED_MICROS - 10_000_000n,
      rises: null,
    });
    expect(limitSentence(spending)).toContain('The operators look at this account');
    expect(spendingOf(facts({ ...old, newAccountMicros: null }), onDay(400)).mostMicros).toBe(FLAGGED_MICROS);
    expect(spendingOf(facts({ ...old, newAccountMicros: 5_000_000n }), onDay(400)).mostMicros).toBe(5_000_000n);
    expect(spendingOf(facts({ ...old, flagged: false }), onDay(400)).mostMicros).toBeNull();
  });

  it('never falls as time passes, and what is announced comes true', () => {
    const payment = fc.record({
      micros: fc.bigInt({ min: 1n, max: 10n ** 9n }),
      settledAt: fc.integer({ min: 0, max: 40 }).map(onDay),
    });
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 6 }), fc.integer({ min: 0, max: 50 }), (payments, day) => {
        const all = facts({ payments });
        const now = spendingOf(all, onDay(day));
        const later = spendingOf(all, onDay(day + 1));
        if (now.mostMicros === null) expect(later.mostMicros).toBeNull();
        else if (later.mostMicros !== null) expect(later.mostMicros).toBeGreaterThanOrEqual(now.mostMicros);
        if (now.rises !== null) {
          expect(spendingOf(all, now.rises.at).mostMicros).toBe(now.rises.toMicros);
          expect(spendingOf(all, new Date(now.rises.at.getTime() - 1)).mostMicros).toBe(now.mostMicros);
        }
      }),
    );
  });
});
