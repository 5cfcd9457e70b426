import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeFor } from '#lib/bookings/terms.ts';
import type { Statement } from '#protocol/statement.ts';
import { type BillingFacts, type BillingState, bill, FUTURE_MS } from './billing.ts';

const GIB = 2n ** 30n;
const T0 = Date.parse('2026-11-23T12:00:00.000Z');
const at = (seconds: number) => new Date(T0 + seconds * 1_000);
const NOW = at(10_000);

const facts: BillingFacts = {
  prices: { priceMicrosPerGpuHour: 3_600_000n, diskPriceMicrosPerGibMonth: 2_592_000n, feeBasisPoints: 1_000 },
  diskBytes: 2n * GIB,
  gpuWindows: [{ uuid: 'GPU-a', from: at(0), to: at(5_000) }],
  diskFrom: at(0),
  diskTo: null,
  ceilingMicros: 10n ** 12n,
  settled: false,
};
const START: BillingState = {
  gpuSeconds: 0n,
  diskByteSeconds: 0n,
  chargedMicros: 0n,
  heldMicros: 10n ** 12n,
  billedUntil: null,
};

function said(from: number, to: number, change: Partial<Statement> = {}): Statement {
  const seconds = Math.max(0, to - from);
  const gpuUuids = change.gpuUuids ?? (change.state === 'stopped' ? [] : ['GPU-a']);
  return {
    v: 1,
    leaseId: 'lse',
    machineId: 'mch',
    sequence: 0,
    previous: '0'.repeat(64),
    startsAt: at(from).toISOString(),
    endsAt: at(to).toISOString(),
    monotonicSeconds: seconds,
    state: 'running',
    gpuUuids,
    gpuSeconds: seconds * gpuUuids.length,
    diskByteSeconds: (BigInt(seconds) * 2n * GIB).toString(),
    ...change,
  };
}

const seconds = (billed: { gpuSeconds: bigint; diskByteSeconds: bigint }) => ({
  gpu: Number(billed.gpuSeconds),
  disk: Number(billed.diskByteSeconds / (2n * GIB)),
});

describe('what of a statement is billed', () => {
  it('is the time that passed: a dollar a thousand seconds for the GPU, and the disk', () => {
    const billed = bill(said(0, 60), START, facts, NOW);
    expect(billed).toMatchObject({ gpuSeconds: 60n, chargedMicros: 60n * 1_000n + 60n * 2n, reason: null });
    expect(billed.next.billedUntil).toEqual(at(60));
    expect(billed.next.heldMicros).toBe(START.heldMicros - billed.chargedMicros);
  });

  it('is the disk alone while stopped, whatever it says of GPUs', () => {
    const billed = bill(said(0, 600, { state: 'stopped', gpuUuids: ['GPU-a'], gpuSeconds: 600 }), START, facts, NOW);
    expect(seconds(billed)).toEqual({ gpu: 0, disk: 600 });
    expect(billed.reason).toBeNull();
  });

  it('is nothing for a second that no statement covers', () => {
    const first = bill(said(0, 60), START, facts, NOW);
    const afterGap = bill(said(300, 360), first.next, facts, NOW);
    expect(afterGap.next.gpuSeconds).toBe(120n);
  });

  it.each<[string, Statement, Partial<BillingFacts>, { gpu: number; disk: number }, string]>([
    ['before it was usable', said(-60, 60), {}, { gpu: 60, disk: 60 }, 'outsideWindow'],
    ['after a stop was asked for', said(4_990, 5_050), {}, { gpu: 10, disk: 60 }, 'outsideWindow'],
    [
      'after an end was asked for',
      said(0, 60),
      { diskTo: at(20), gpuWindows: [{ uuid: 'GPU-a', from: at(0), to: at(20) }] },
      { gpu: 20, disk: 20 },
      'outsideWindow',
    ],
    ['a GPU that was not rented', said(0, 60, { gpuUuids: ['GPU-x'] }), {}, { gpu: 0, disk: 60 }, 'outsideWindow'],
    [
      'one GPU told twice',
      said(0, 60, { gpuUuids: ['GPU-a', 'GPU-a'], gpuSeconds: 120 }),
      {},
      { gpu: 60, disk: 60 },
      'moreThanPassed',
    ],
    ['61 minutes in an hour', said(0, 3_600, { gpuSeconds: 3_660 }), {}, { gpu: 3_600, disk: 3_600 }, 'moreThanPassed'],
    [
      'more disk than was rented',
      said(0, 60, { diskByteSeconds: (10n ** 29n).toString() }),
      {},
      { gpu: 60, disk: 60 },
      'outsideWindow',
    ],
    [
      'wall time that the monotonic clock did not see',
      said(0, 3_600, { monotonicSeconds: 60 }),
      {},
      { gpu: 60, disk: 60 },
      'moreThanPassed',
    ],
    [
      'monotonic time that the wall clock did not see',
      said(0, 60, { monotonicSeconds: 3_600, gpuSeconds: 3_600 }),
      {},
      { gpu: 60, disk: 60 },
      'moreThanPassed',
    ],
    ['an end before its beginning', said(60, 0, { gpuSeconds: 5 }), {}, { gpu: 0, disk: 0 }, 'backwards'],
    ['the future', said(20_000, 20_060), {}, { gpu: 0, disk: 0 }, 'fromTheFuture'],
    ['a bill that was closed', said(0, 60), { settled: true }, { gpu: 0, disk: 0 }, 'settled'],
  ])('is not %s', (_, statement, change, expected, reason) => {
    const billed = bill(statement, START, { ...facts, ...change }, NOW);
    expect(seconds(billed)).toEqual(expected);
    expect(billed.reason).toBe(reason);
  });

  it('is not time that was billed already', () => {
    const first = bill(said(0, 60), START, facts, NOW);
    expect(seconds(bill(said(0, 60), first.next, facts, NOW))).toEqual({ gpu: 0, disk: 0 });
    expect(bill(said(0, 60), first.next, facts, NOW).reason).toBe('overlap');
    expect(seconds(bill(said(30, 90), first.next, facts, NOW))).toEqual({ gpu: 30, disk: 30 });
  });

  it('reaches a little into the future for clocks that run ahead, and a leap of a clock blocks nothing after it', () => {
    const wide = { ...facts, gpuWindows: [{ uuid: 'GPU-a', from: at(0), to: at(10 ** 6) }] };
    const leap = bill(said(9_900, 900_000), START, wide, NOW);
    expect(seconds(leap).gpu).toBe(100 + FUTURE_MS / 1_000);
    const later = bill(said(10_400, 10_460), leap.next, wide, at(10_500));
    expect(seconds(later).gpu).toBe(60);
  });

  it('bills each GPU of two for the time it was rented', () => {
    const two = { ...facts, gpuWindows: [...facts.gpuWindows, { uuid: 'GPU-b', from: at(30), to: at(5_000) }] };
    expect(seconds(bill(said(0, 60, { gpuUuids: ['GPU-a', 'GPU-b'], gpuSeconds: 120 }), START, two, NOW)).gpu).toBe(90);
  });

  it('bills runs apart: a gap between two windows of a GPU is nobody’s', () => {
    const runs = {
      ...facts,
      gpuWindows: [
        { uuid: 'GPU-a', from: at(0), to: at(100) },
        { uuid: 'GPU-a', from: at(200), to: at(300) },
      ],
    };
    expect(seconds(bill(said(0, 300), START, runs, NOW)).gpu).toBe(200);
  });
});

describe('what may be spent', () => {
  it('stops at the ceiling while running, and keeps the rest for the disk', () => {
    const tight = { ...facts, ceilingMicros: 10_000n };
    const state = { ...START, heldMicros: 10_100n };
    const running = bill(said(0, 60), state, tight, NOW);
    expect(running.chargedMicros).toBeLessThanOrEqual(10_000n);
    expect(seconds(running)).toEqual({ gpu: 9, disk: 60 });
    expect(running.reason).toBe('moneyRanOut');
    const kept = bill(said(60, 1_000, { state: 'stopped' }), running.next, tight, NOW);
    expect(kept.next.heldMicros).toBe(0n);
    expect(kept.next.chargedMicros).toBe(10_100n);
    expect(bill(said(1_000, 2_000, { state: 'stopped' }), kept.next, tight, NOW)).toMatchObject({
      chargedMicros: 0n,
      reason: 'moneyRanOut',
    });
  });

  it('is never more than what is held or the ceiling, and always what the running totals cost', () => {
    const claim = fc.record({
      from: fc.integer({ min: -500, max: 6_000 }),
      length: fc.integer({ min: -50, max: 700 }),
      gpuSeconds: fc.option(fc.nat(2_000)),
      monotonic: fc.option(fc.nat(1_000)),
      stopped: fc.boolean(),
      disk: fc.option(fc.bigInt({ min: 0n, max: 10n ** 15n })),
    });
    fc.assert(
      fc.property(
        fc.array(claim, { maxLength: 30 }),
        fc.bigInt({ min: 0n, max: 3_000_000n }),
        fc.bigInt({ min: 0n, max: 3_000_000n }),
        fc.bigInt({ min: 1n, max: 50_000_000n }),
        fc.bigInt({ min: 0n, max: 50_000_000n }),
        (claims, heldMicros, ceilingMicros, gpuPrice, diskPrice) => {
          const prices = {
            priceMicrosPerGpuHour: gpuPrice,
            diskPriceMicrosPerGibMonth: diskPrice,
            feeBasisPoints: 1_000,
          };
          const some = { ...facts, prices, ceilingMicros };
          let state: BillingState = { ...START, heldMicros };
          let gpu = 0n;
          for (const { from, length, gpuSeconds, monotonic, stopped, disk } of claims) {
            const billed = bill(
              said(from, from + length, {
                state: stopped ? 'stopped' : 'running',
                ...(gpuSeconds === null ? {} : { gpuSeconds }),
                ...(monotonic === null ? {} : { monotonicSeconds: monotonic }),
                ...(disk === null ? {} : { diskByteSeconds: disk.toString() }),
              }),
              state,
              some,
              NOW,
            );
            expect(billed.chargedMicros).toBeGreaterThanOrEqual(0n);
            expect(billed.gpuSeconds).toBeGreaterThanOrEqual(0n);
            expect(billed.diskByteSeconds).toBeGreaterThanOrEqual(0n);
            gpu += billed.gpuSeconds;
            state = billed.next;
            expect(state.chargedMicros).toBe(chargeFor(prices, state));
            expect(state.heldMicros).toBeGreaterThanOrEqual(0n);
            expect(state.chargedMicros + state.heldMicros).toBe(heldMicros);
            if (!stopped && billed.chargedMicros > 0n) expect(state.chargedMicros).toBeLessThanOrEqual(ceilingMicros);
          }
          // One GPU, rented for 5,000 s: whatever was claimed, no more than that.
          expect(gpu).toBeLessThanOrEqual(5_000n);
        },
      ),
    );
  });

  it('is the same whole however the time is cut into statements', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 40 }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        fc.bigInt({ min: 0n, max: 10n ** 8n }),
        (cuts, gpuPrice, diskPrice) => {
          const prices = {
            priceMicrosPerGpuHour: gpuPrice,
            diskPriceMicrosPerGibMonth: diskPrice,
            feeBasisPoints: 1_000,
          };
          const some = { ...facts, prices, gpuWindows: [{ uuid: 'GPU-a', from: at(0), to: at(10 ** 6) }] };
          const now = at(10 ** 6);
          let state = START;
          let charged = 0n;
          let from = 0;
          for (const cut of cuts) {
            const billed = bill(said(from, from + cut), state, some, now);
            charged += billed.chargedMicros;
            state = billed.next;
            from += cut;
          }
          expect(charged).toBe(bill(said(0, from), START, some, now).chargedMicros);
        },
      ),
    );
  });
});
