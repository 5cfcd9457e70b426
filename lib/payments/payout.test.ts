import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '#lib/base/time.ts';
import {
  type HostMoney,
  isNewHost,
  lastWeekly,
  nextWeekly,
  type PayoutTerms,
  payableNow,
  payoutAmountProblem,
  payoutTermsSentences,
  whyNotPayOut,
} from './payout.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const DOLLAR = 1_000_000n;
const TERMS: PayoutTerms = {
  minimumMicros: 10n * DOLLAR,
  weekday: 1,
  hour: 12,
  reserveBasisPoints: 1_000,
  reserveDays: 14,
  newHostDays: 90,
};

const micros = (max: bigint) => fc.bigInt({ min: 0n, max });
const terms: fc.Arbitrary<PayoutTerms> = fc.record({
  minimumMicros: micros(1_000n * DOLLAR),
  weekday: fc.integer({ min: 1, max: 7 }),
  hour: fc.integer({ min: 0, max: 23 }),
  reserveBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  reserveDays: fc.integer({ min: 1, max: 365 }),
  newHostDays: fc.integer({ min: 0, max: 3_650 }),
});
const money: fc.Arbitrary<HostMoney> = fc.record({
  payableMicros: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  reserveMicros: micros(10n ** 15n),
  earnedMicros: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  reservedUpToMicros: micros(10n ** 15n),
  firstEarnedAt: fc.option(fc.date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2030-01-01') })),
});
const instant = fc.date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2030-01-01') });

describe('what a host may be paid now', () => {
  it('is whole cents, never below zero, and together with what is kept back never more than what is owed', () => {
    fc.assert(
      fc.property(money, terms, instant, (has, under, now) => {
        const { keptBackMicros, availableMicros } = payableNow(has, under, now);
        const owed = has.payableMicros > 0n ? has.payableMicros : 0n;
        expect(keptBackMicros >= 0n && availableMicros >= 0n).toBe(true);
        expect(keptBackMicros + availableMicros <= owed).toBe(true);
        expect(owed - keptBackMicros - availableMicros < 10_000n).toBe(true);
        expect(availableMicros % 10_000n).toBe(0n);
      }),
    );
  });

  it('keeps a share of each dollar back once, however often somebody is paid in between', () => {
    fc.assert(
      fc.property(fc.array(micros(500n * DOLLAR), { minLength: 1, maxLength: 12 }), (weeks) => {
        let has = {
          payableMicros: 0n,
          reserveMicros: 0n,
          earnedMicros: 0n,
          reservedUpToMicros: 0n,
          firstEarnedAt: NOW,
        };
        for (const earned of weeks) {
          has = { ...has, payableMicros: has.payableMicros + earned, earnedMicros: has.earnedMicros + earned };
          const { keptBackMicros, availableMicros } = payableNow(has, TERMS, NOW);
          has = {
            ...has,
            payableMicros: has.payableMicros - keptBackMicros - availableMicros,
            reserveMicros: has.reserveMicros + keptBackMicros,
            reservedUpToMicros: keptBackMicros > 0n ? has.earnedMicros : has.reservedUpToMicros,
          };
        }
        const whole = has.earnedMicros / 10n;
        expect(has.reserveMicros <= whole && whole - has.reserveMicros <= BigInt(weeks.length)).toBe(true);
      }),
    );
  });

  it('keeps nothing back of a host who is no longer new', () => {
    const old = new Date(NOW.getTime() - TERMS.newHostDays * DAY);
    const has = {
      payableMicros: 100n * DOLLAR,
      reserveMicros: 0n,
      earnedMicros: 100n * DOLLAR,
      reservedUpToMicros: 0n,
    };
    expect(payableNow({ ...has, firstEarnedAt: old }, TERMS, NOW)).toEqual({
      keptBackMicros: 0n,
      availableMicros: 100n * DOLLAR,
    });
    const younger = { ...has, firstEarnedAt: new Date(old.getTime() + 1) };
    expect(payableNow(younger, TERMS, NOW)).toEqual({ keptBackMicros: 10n * DOLLAR, availableMicros: 90n * DOLLAR });
    expect(isNewHost({ firstEarnedAt: null }, TERMS, NOW)).toBe(true);
  });
});

describe('the weekly payout', () => {
  it('comes once in seven days, at its day and hour, and always lies between the last and the next one', () => {
    fc.assert(
      fc.property(terms, instant, (under, now) => {
        const last = lastWeekly(under, now);
        const next = nextWeekly(under, now);
        expect(last.getTime() <= now.getTime() && now.getTime() < next.getTime()).toBe(true);
        expect(next.getTime() - last.getTime()).toBe(7 * DAY);
        expect([last.getUTCDay() || 7, last.getUTCHours(), last.getTime() % 3_600_000]).toEqual([
          under.weekday,
          under.hour,
          0,
        ]);
      }),
    );
  });

  it('is due at its very instant', () => {
    expect(lastWeekly(TERMS, NOW)).toEqual(NOW);
    expect(lastWeekly(TERMS, new Date(NOW.getTime() - 1))).toEqual(new Date('2026-11-16T12:00:00Z'));
  });
});

describe('a payout that cannot be', () => {
  const ask = {
    suspended: false,
    payableMicros: 50n * DOLLAR,
    availableMicros: 45n * DOLLAR,
    inFlight: false,
    accountProblem: null,
  };

  it('says why and what to do', () => {
    expect(whyNotPayOut(ask, TERMS)).toBeNull();
    expect(whyNotPayOut({ ...ask, suspended: true }, TERMS)?.reason).toBe('suspended');
    expect(whyNotPayOut({ ...ask, inFlight: true }, TERMS)?.sentence).toContain('on its way');
    expect(whyNotPayOut({ ...ask, payableMicros: -5n * DOLLAR, availableMicros: 0n }, TERMS)?.sentence).toContain(
      '−$5',
    );
    expect(whyNotPayOut({ ...ask, accountProblem: 'Set it up.' }, TERMS)?.sentence).toBe('Set it up.');
    expect(whyNotPayOut({ ...ask, availableMicros: 9n * DOLLAR }, TERMS)?.sentence).toContain('at least $10.00');
  });

  it.each([
    ['nothing', 0n],
    ['less than nothing', -10n * DOLLAR],
    ['parts of a cent', 10n * DOLLAR + 1n],
    ['ten to the fifteenth dollars', 10n ** 21n],
    ['less than the least', 9n * DOLLAR],
    ['a cent more than there is', 45n * DOLLAR + 10_000n],
  ])('is one of %s', (_, amount) => {
    expect(payoutAmountProblem(amount, 45n * DOLLAR, TERMS)).toMatch(/\.$/);
  });

  it('is none of exactly what there is', () => {
    expect(payoutAmountProblem(45n * DOLLAR, 45n * DOLLAR, TERMS)).toBeNull();
  });
});

describe('the terms of payouts', () => {
  it('are told with their figures, and without a reserve where there is none', () => {
    const told = payoutTermsSentences(TERMS).join(' ');
    expect(told).toContain('Mondays at 12:00 UTC');
    expect(told).toContain('10 % of what you earned');
    expect(told).toContain('14 days');
    expect(payoutTermsSentences({ ...TERMS, reserveBasisPoints: 0 }).join(' ')).not.toContain('%');
  });
});
