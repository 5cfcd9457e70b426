import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minMicros } from '#lib/base/money.ts';
import { isBoundByCap, leastHold, planHold, renewal, secondsPaid, stoppedHold, toPay } from './hold.ts';
import { makeQuote, windowEnd } from './quote.ts';
import { refundShare } from './refund.ts';
import { runwaysOf, warningDue } from './runway.ts';
import {
  chargeFor,
  diskReserve,
  limitsFor,
  readTerms,
  runningCost,
  shareOf,
  stoppedCost,
  storeTerms,
  type Terms,
} from './terms.ts';

const GIB = 2n ** 30n;
const NOW = new Date('2026-11-23T12:00:00Z');
const terms: Terms = {
  priceMicrosPerGpuHour: 400_000n,
  diskPriceMicrosPerGibMonth: 100_000n,
  feeBasisPoints: 1_000,
  gpuCount: 2,
  gpuModel: 'RTX 4090',
  diskBytes: 36n * GIB,
  limits: { cpuMillis: 4_000, memoryBytes: 8n * GIB, pids: 4_096 },
};
const someTerms = fc
  .record({
    priceMicrosPerGpuHour: fc.bigInt({ min: 1n, max: 1_000_000_000n }),
    diskPriceMicrosPerGibMonth: fc.bigInt({ min: 0n, max: 10_000_000n }),
    gpuCount: fc.integer({ min: 1, max: 16 }),
    diskBytes: fc.bigInt({ min: GIB, max: 2n ** 44n }),
    feeBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  })
  .map((change): Terms => ({ ...terms, ...change }));
const someMicros = fc.bigInt({ min: 0n, max: 10n ** 13n });

describe('a quote', () => {
  const ask = { terms, durationSeconds: 7_200, capMicros: null, freeMicros: 10n ** 9n, lastsUntil: null };
  const quote = makeQuote(ask, NOW);

  it('has a line for the GPUs and one for the disk, per hour', () => {
    expect(quote.lines).toEqual([
      { kind: 'gpu', count: 2, model: 'RTX 4090', priceMicrosPerGpuHour: 400_000n, microsPerHour: 800_000n },
      { kind: 'disk', bytes: 36n * GIB, diskPriceMicrosPerGibMonth: 100_000n, microsPerHour: 5_000n },
    ]);
  });

  it('shows the fee as a part of what is paid, never on top', () => {
    expect(quote.perHour).toEqual({ micros: 805_000n, feeMicros: 80_500n, hostMicros: 724_500n });
    expect(quote.whole).toEqual({ seconds: 7_200, micros: 1_610_000n, feeMicros: 161_000n, hostMicros: 1_449_000n });
  });

  it('says what a stopped day costs, and when it ends at the latest', () => {
    expect(quote.stoppedMicrosPerDay).toBe(120_000n);
    expect(quote.endsAt).toEqual(new Date('2026-11-23T14:00:00Z'));
    expect(quote.freeUntil).toEqual(new Date('2026-12-23T12:00:00Z'));
  });

  it('says what would be held: what it costs until its end, a day of that at most, and a day of the disk', () => {
    expect(quote.hold).toEqual({
      leastMicros: 805_000n + 120_001n,
      nowMicros: 1_610_000n + 120_001n,
      diskReserveMicros: 120_001n,
      diskKeptSeconds: 86_400,
    });
    expect(makeQuote({ ...ask, durationSeconds: null }, NOW).hold.nowMicros).toBe(24n * 805_000n + 120_001n);
    expect(makeQuote({ ...ask, durationSeconds: 300 }, NOW).hold.nowMicros).toBe(805_000n + 120_001n);
    const soon = new Date('2026-11-23T15:00:00Z');
    expect(makeQuote({ ...ask, durationSeconds: null, lastsUntil: soon }, NOW).hold.nowMicros).toBe(
      3n * 805_000n + 120_001n,
    );
    expect(makeQuote({ ...ask, freeMicros: 1_700_000n }, NOW).hold.nowMicros).toBe(1_700_000n);
    expect(makeQuote({ ...ask, freeMicros: 900_000n }, NOW).hold.nowMicros).toBeNull();
    expect(makeQuote({ ...ask, capMicros: 1_500_000n }, NOW).hold.nowMicros).toBe(1_500_000n);
    expect(makeQuote({ ...ask, capMicros: 5_000_000n }, NOW).hold.nowMicros).toBe(1_610_000n + 120_001n);
  });

  it('ends with the listing when that is sooner', () => {
    const soon = new Date('2026-11-23T13:00:00Z');
    expect(windowEnd(NOW, 7_200, soon)).toEqual(soon);
    expect(windowEnd(NOW, null, soon)).toEqual(soon);
  });

  it('keeps its terms through the database', () => {
    expect(readTerms(JSON.parse(JSON.stringify(storeTerms(terms))))).toEqual(terms);
    expect(() => readTerms({})).toThrow();
  });

  it('gives a rental of some GPUs their share of the machine', () => {
    const machine = { cpuThreads: 32, memoryBytes: 2 ** 37, gpuCount: 4 };
    expect(limitsFor(machine, 1)).toEqual({
      cpuMillis: 8_000,
      memoryBytes: BigInt(Math.floor(2 ** 35 * 0.9)),
      pids: 4_096,
    });
    expect(limitsFor(machine, 4).cpuMillis).toBe(32_000);
  });
});

describe('a hold', () => {
  const LONG = 30 * 86_400;

  it('always pays an hour and the day in which the disk is kept, and never more than there is, the cap, or the whole', () => {
    const someSeconds = fc.integer({ min: 0, max: LONG });
    fc.assert(
      fc.property(someTerms, someMicros, fc.option(someMicros), someSeconds, (some, freeMicros, capMicros, seconds) => {
        const facts = { chargedMicros: 0n, heldMicros: 0n, capMicros, freeMicros, toEnd: { seconds, begun: false } };
        const plan = planHold(some, facts);
        const whole = runningCost(some, Math.max(3_600, seconds)) + diskReserve(some);
        if ('problem' in plan) {
          const needed = capMicros === null ? leastHold(some) : minMicros(capMicros, whole);
          expect(freeMicros < needed || (capMicros !== null && capMicros < leastHold(some))).toBe(true);
          return;
        }
        expect(plan.heldMicros).toBeLessThanOrEqual(freeMicros);
        expect(plan.heldMicros).toBeLessThanOrEqual(whole);
        if (capMicros !== null) expect(plan.heldMicros).toBe(minMicros(capMicros, whole));
        expect(plan.ceilingMicros).toBeGreaterThanOrEqual(runningCost(some, 3_600));
        const usedUp = { gpuSeconds: (plan.ceilingMicros * 3_600n) / some.priceMicrosPerGpuHour, diskByteSeconds: 0n };
        expect(chargeFor(some, usedUp) + stoppedCost(some, 86_400)).toBeLessThanOrEqual(plan.heldMicros);
      }),
    );
  });

  it('lets a rental run to its end, whatever was charged before and however late that was stated', () => {
    const someSeconds = fc.integer({ min: 0, max: 86_400 });
    fc.assert(
      fc.property(
        someTerms,
        someSeconds,
        fc.integer({ min: 0, max: 3_600 }),
        someSeconds,
        (some, billed, late, left) => {
          const usage = (seconds: number) => ({
            gpuSeconds: BigInt(some.gpuCount) * BigInt(seconds),
            diskByteSeconds: some.diskBytes * BigInt(seconds),
          });
          const chargedMicros = chargeFor(some, usage(billed));
          const billedUntil = new Date(NOW.getTime() - late * 1_000);
          const toEnd = toPay(new Date(NOW.getTime() + left * 1_000), billedUntil, NOW);
          const facts = { chargedMicros, heldMicros: 0n, capMicros: 10n ** 30n, freeMicros: 10n ** 30n, toEnd };
          const plan = planHold(some, facts);
          if ('problem' in plan) throw new Error(plan.problem);
          expect(chargeFor(some, usage(billed + late + left))).toBeLessThanOrEqual(plan.ceilingMicros);
        },
      ),
    );
  });

  it('counts what is held and charged already when a rental is started again', () => {
    const facts = {
      chargedMicros: 1_000_000n,
      heldMicros: 120_001n,
      capMicros: 3_000_000n,
      freeMicros: 10_000_000n,
      toEnd: { seconds: LONG, begun: true },
    };
    expect(planHold(terms, facts)).toEqual({ heldMicros: 2_000_000n, ceilingMicros: 3_000_000n - 120_001n });
    expect(planHold(terms, { ...facts, chargedMicros: 2_500_000n })).toEqual({
      problem: 'capTooSmall',
      leastMicros: 2_500_000n + leastHold(terms),
    });
  });

  it('is renewed when half of it is used, by what there is, and not when it lasts to its end or has all of its cap', () => {
    const half = runningCost(terms, 12 * 3_600);
    const facts = {
      chargedMicros: half,
      heldMicros: half - 1n + diskReserve(terms),
      capMicros: null,
      freeMicros: 10n ** 9n,
      toEnd: { seconds: LONG, begun: true },
    };
    expect(renewal(terms, facts)).toEqual({
      heldMicros: runningCost(terms, 86_400) + diskReserve(terms),
      ceilingMicros: half + runningCost(terms, 86_400),
    });
    expect(renewal(terms, { ...facts, heldMicros: half + diskReserve(terms) })).toBeNull();
    expect(renewal(terms, { ...facts, freeMicros: 5n })).toBeNull();
    expect(renewal(terms, { ...facts, freeMicros: 100_000n })?.heldMicros).toBe(facts.heldMicros + 100_000n);
    expect(renewal(terms, { ...facts, toEnd: { seconds: 11 * 3_600, begun: true } })).toBeNull();
    expect(renewal(terms, { ...facts, capMicros: half + facts.heldMicros })).toBeNull();
    // Extended, it needs more than was held for its first end: as far as its cap goes.
    const two = {
      ...facts,
      heldMicros: runningCost(terms, 3_600) + diskReserve(terms),
      toEnd: { seconds: 2 * 3_600, begun: true },
    };
    expect(renewal(terms, two)?.heldMicros).toBe(runningCost(terms, 7_200) + 2n + diskReserve(terms));
    expect(renewal(terms, { ...two, capMicros: half + two.heldMicros + 50_000n })?.heldMicros).toBe(
      two.heldMicros + 50_000n,
    );
  });

  it('stops a rental at its cap only when it holds all of that', () => {
    expect(isBoundByCap(terms, null, 1n)).toBe(false);
    expect(isBoundByCap(terms, 3_000_000n, 3_000_000n - diskReserve(terms))).toBe(true);
    expect(isBoundByCap(terms, 3_000_000n, 2_000_000n)).toBe(false);
  });

  it('of a stopped rental is a day of its disk, as far as cap and money go', () => {
    const facts = { chargedMicros: 0n, heldMicros: 0n, capMicros: null, freeMicros: 10n ** 9n };
    expect(stoppedHold(terms, facts)).toBe(120_001n);
    expect(stoppedHold(terms, { ...facts, freeMicros: 7n })).toBe(7n);
    expect(stoppedHold(terms, { ...facts, capMicros: 50n })).toBe(50n);
    expect(stoppedHold(terms, { ...facts, capMicros: 50n, chargedMicros: 60n })).toBe(0n);
  });

  it('lasts as many seconds as it pays', () => {
    expect(secondsPaid(terms, 'running', 805_000n)).toBe(3_600);
    expect(secondsPaid(terms, 'stopped', 120_000n)).toBe(86_400);
    expect(secondsPaid({ ...terms, diskPriceMicrosPerGibMonth: 0n }, 'stopped', 5n)).toBeNull();
    expect(secondsPaid(terms, 'running', -5n)).toBe(0);
  });
});

describe('how long the money lasts', () => {
  it('shares the free money among what runs without a cap', () => {
    const leftMicros = 805_000n;
    const rentals = [
      { id: 'a', terms, capped: false, leftMicros },
      { id: 'b', terms, capped: false, leftMicros: 0n },
      { id: 'c', terms, capped: true, leftMicros },
    ];
    expect(Object.fromEntries(runwaysOf(rentals, 1_610_000n))).toEqual({ a: 7_200, b: 3_600, c: 3_600 });
  });

  it('is told at 60, 15 and 5 minutes, once each, and the nearest first when some were missed', () => {
    expect(warningDue(3_601, null)).toBeNull();
    expect(warningDue(3_600, null)).toBe(3_600);
    expect(warningDue(1_000, 3_600)).toBeNull();
    expect(warningDue(900, 3_600)).toBe(900);
    expect(warningDue(10, null)).toBe(300);
    expect(warningDue(10, 300)).toBeNull();
  });
});

describe('shares', () => {
  it('add up to the charge, and refunds in any parts give each side back exactly its own', () => {
    fc.assert(
      fc.property(
        someMicros,
        fc.integer({ min: 0, max: 10_000 }),
        fc.array(fc.nat(1_000), { maxLength: 8 }),
        (charged, points, cuts) => {
          const share = shareOf(charged, points);
          expect(share.hostMicros + share.feeMicros).toBe(charged);
          let given = 0n;
          let host = 0n;
          for (const cut of [...cuts.map((part) => (charged * BigInt(part)) / 10_000n), charged]) {
            const part = minMicros(cut, charged - given);
            const shares = refundShare(given, part, points);
            expect(shares.hostMicros).toBeGreaterThanOrEqual(0n);
            expect(shares.feeMicros).toBeGreaterThanOrEqual(0n);
            host += shares.hostMicros;
            given += part;
          }
          if (given === charged) expect(host).toBe(share.hostMicros);
        },
      ),
    );
  });
});
