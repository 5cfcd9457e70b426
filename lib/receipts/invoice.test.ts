import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BillFault, type UsableWindow } from '#protocol/bill.ts';
import { type BillFacts, type BillLine, recompute } from '#protocol/bill-rules.ts';
import type { CreditRecord } from '#protocol/log-entry.ts';
import { NO_PREVIOUS, type Statement } from '#protocol/statement.ts';
import { type BillingFacts, type BillingState, bill } from './billing.ts';
import { invoiceTotals } from './invoice.ts';

const NOON = Date.parse('2026-11-23T12:00:00.000Z');
const at = (seconds: number) => new Date(NOON + 1_000 * seconds).toISOString();
const GIB = 2n ** 30n;
const [GPU, OTHER] = ['GPU-a', 'GPU-b'];

const facts: BillFacts = {
  terms: {
    v: 1,
    leaseId: 'lse',
    bookingId: 'bkg',
    machineId: 'mch',
    priceMicrosPerGpuHour: '3600000',
    diskPriceMicrosPerGibMonth: '2592000',
    feeBasisPoints: 1_000,
    gpuCount: 1,
    diskBytes: GIB.toString(),
    bookedAt: at(-60),
  },
  capMicros: null,
  usable: [{ gpuUuid: GPU, from: at(0), until: at(86_400) }],
  diskFrom: at(0),
  diskUntil: null,
};

/** A minute that was used and billed at $3.60 an hour, with its disk at a micro-dollar a second. */
function line(
  from: number,
  to: number,
  change: Partial<Statement> & Partial<Omit<BillLine, 'statement'>> = {},
): BillLine {
  const seconds = to - from;
  const { receivedAt, billedGpuSeconds, billedDiskByteSeconds, chargedMicros, reason, ...said } = change;
  const statement: Statement = {
    v: 1,
    leaseId: 'lse',
    machineId: 'mch',
    sequence: 0,
    previous: NO_PREVIOUS,
    startsAt: at(from),
    endsAt: at(to),
    monotonicSeconds: seconds,
    state: 'running',
    gpuUuids: [GPU],
    gpuSeconds: seconds,
    diskByteSeconds: (BigInt(seconds) * GIB).toString(),
    ...said,
  };
  return {
    statement,
    receivedAt: receivedAt ?? at(to),
    billedGpuSeconds: billedGpuSeconds ?? seconds,
    billedDiskByteSeconds: billedDiskByteSeconds ?? statement.diskByteSeconds,
    chargedMicros: chargedMicros ?? String(1_001 * seconds),
    reason: reason ?? null,
  };
}
const why = (lines: readonly BillLine[], change: Partial<BillFacts> = {}, credits: readonly CreditRecord[] = []) => {
  try {
    recompute({ ...facts, ...change }, lines, credits);
    return null;
  } catch (error) {
    return error instanceof BillFault ? `${error.record}: ${error.message}` : error;
  }
};

describe('an invoice', () => {
  it('bills what was stated, at the frozen terms, and shares it', () => {
    expect(recompute(facts, [line(0, 60), line(60, 120)], [])).toEqual({
      gpuSeconds: '120',
      diskByteSeconds: (120n * GIB).toString(),
      chargedMicros: '120120',
      hostMicros: '108108',
      feeMicros: '12012',
      refundedMicros: '0',
    });
  });

  it('never bills a second without a statement', () => {
    const more = { billedGpuSeconds: 61, chargedMicros: '61060' };
    expect(why([line(0, 60, more)])).toBe('statement 0: 61 GPU-seconds are billed where at most 60 can be.');
    // The gap between two statements is nobody's.
    expect(recompute(facts, [line(0, 60), line(600, 660)], []).gpuSeconds).toBe('120');
    expect(why([line(0, 60, { gpuSeconds: 59 })])).toContain('at most 59');
    // Both clocks of the machine must have passed.
    expect(why([line(0, 60, { monotonicSeconds: 10 })])).toContain('at most 10');
    expect(why([line(0, 60, { endsAt: at(10) })])).toContain('at most 10');
  });

  it('bills nothing before the rental was connectable, and nothing after its end was asked for', () => {
    const usable: UsableWindow[] = [{ gpuUuid: GPU, from: at(50), until: at(86_400) }];
    expect(why([line(0, 60)], { usable })).toBe('statement 0: 60 GPU-seconds are billed where at most 10 can be.');
    expect(why([line(0, 60)], { usable: [] })).toContain('at most 0');
    expect(why([line(0, 60, { gpuUuids: [OTHER] })])).toContain('at most 0');
    const ended = [{ gpuUuid: GPU, from: at(0), until: at(30) }];
    expect(why([line(0, 60)], { usable: ended })).toContain('at most 30');
    // What was billed before somebody asked for the end stays billed.
    expect(why([line(0, 60, { receivedAt: at(29) })], { usable: ended })).toBeNull();
  });

  it('bills overlapping and replayed statements once', () => {
    expect(why([line(0, 60), line(30, 90)])).toBe('statement 0: 60 GPU-seconds are billed where at most 30 can be.');
    expect(why([line(0, 60), line(0, 60)])).toContain('at most 0');
    const backwards = { monotonicSeconds: 60, gpuSeconds: 60, billedGpuSeconds: 60, diskByteSeconds: '0' };
    expect(why([line(0, 60), line(90, 60, backwards)])).toContain('at most 0');
    const half = { billedGpuSeconds: 30, billedDiskByteSeconds: (30n * GIB).toString(), chargedMicros: '30030' };
    expect(why([line(0, 60), line(30, 90, { ...half, reason: 'overlap' })])).toBeNull();
    expect(why([line(0, 60), line(30, 90, half)])).toContain('no reason is given');
  });

  it('bills no time that has not come', () => {
    expect(why([line(3_600, 3_660, { receivedAt: at(0) })])).toContain('at most 0');
    expect(why([line(290, 350, { receivedAt: at(0) })])).toContain('at most 10');
  });

  it('bills the disk as quoted, also while it is only kept', () => {
    const twice = { billedDiskByteSeconds: (120n * GIB).toString(), diskByteSeconds: (120n * GIB).toString() };
    expect(why([line(0, 60, twice)])).toContain('disk byte-seconds are billed where at most');
    const kept = { state: 'stopped' as const, gpuUuids: [], gpuSeconds: 0, billedGpuSeconds: 0, chargedMicros: '600' };
    expect(why([line(0, 600, kept)])).toBeNull();
    expect(why([line(0, 600, { ...kept, billedGpuSeconds: 1 })])).toContain('at most 0');
    expect(why([line(0, 600, kept)], { diskUntil: at(10) })).toContain('disk');
  });

  it('never goes over the cap', () => {
    expect(why([line(0, 60), line(60, 120)], { capMicros: '120120' })).toBeNull();
    expect(why([line(0, 60), line(60, 120)], { capMicros: '120119' })).toContain('over the cap');
  });

  it('charges the difference of running totals, each rounded down, so that parts sum to the whole', () => {
    const terms = { ...facts.terms, priceMicrosPerGpuHour: '1', diskPriceMicrosPerGibMonth: '0' };
    const free = { chargedMicros: '0' };
    const lines = Array.from({ length: 60 }, (_, minute) => line(60 * minute, 60 * minute + 60, free));
    const last = { ...(lines[59] as BillLine), chargedMicros: '1' };
    expect(recompute({ ...facts, terms }, lines.with(59, last), []).chargedMicros).toBe('1');
    expect(why(lines, { terms })).toBe('statement 0: It charges 0 micro-dollars; by the terms it is 1.');
  });

  it('leaves something unbilled only for a reason', () => {
    const none = { billedGpuSeconds: 0, billedDiskByteSeconds: '0', chargedMicros: '0' };
    expect(why([line(0, 60, none)])).toContain('no reason is given');
    expect(why([line(0, 60, { ...none, reason: 'moneyRanOut' })])).toBeNull();
    expect(why([line(0, 60, { ...none, reason: 'we liked you' })])).toContain('is no reason');
    expect(why([line(0, 60, { reason: 'settled' })])).toContain('the bill was closed');
  });

  it('gives back no more than was charged, in the shares in which it was paid, with evidence', () => {
    const credit = (micros: bigint, fee: bigint, evidence = ['trf']): CreditRecord => ({
      v: 1,
      leaseId: 'lse',
      reference: 'refund',
      micros: micros.toString(),
      hostMicros: (micros - fee).toString(),
      feeMicros: fee.toString(),
      reason: 'slow',
      evidence,
      at: at(0),
    });
    const lines = [line(0, 60)];
    expect(why(lines, {}, [credit(60_060n, 6_006n)])).toBeNull();
    expect(why(lines, {}, [credit(5n, 0n), credit(5n, 1n)])).toBeNull();
    expect(why(lines, {}, [credit(5n, 1n)])).toContain('credit 0: Host and platform did not');
    expect(why(lines, {}, [credit(60_061n, 6_006n)])).toContain('More is given back');
    expect(why(lines, {}, [credit(10n, 1n, [])])).toContain('no evidence');
  });
});

const second = fc.integer({ min: -400, max: 4_000 });
const said = fc.record({
  from: second,
  length: fc.integer({ min: -10, max: 700 }),
  monotonicSeconds: fc.integer({ min: 0, max: 700 }),
  state: fc.constantFrom('running', 'stopped'),
  gpuUuids: fc.subarray([GPU, OTHER, 'GPU-c']),
  gpuSeconds: fc.integer({ min: 0, max: 1_500 }),
  diskSeconds: fc.integer({ min: 0, max: 800 }),
  receivedAfter: fc.integer({ min: -600, max: 600 }),
});
const windows = fc.array(
  fc.record({ uuid: fc.constantFrom(GPU, OTHER), from: second, length: fc.integer({ min: 0, max: 3_000 }) }),
  { maxLength: 4 },
);

describe('whatever machines state', () => {
  it('the market’s decisions recompute by these rules, line by line, to the same totals', () => {
    const money = fc.record({ held: fc.bigInt(0n, 3_000_000n), ceiling: fc.bigInt(0n, 3_000_000n) });
    const price = fc.record({ gpu: fc.bigInt(0n, 9_999_999n), disk: fc.bigInt(0n, 9_999_999n) });
    const all = fc.tuple(fc.array(said, { maxLength: 12 }), windows, money, price, fc.integer({ min: 0, max: 10_000 }));
    fc.assert(
      fc.property(all, ([statements, spans, { held, ceiling }, prices, feeBasisPoints]) => {
        const gpuWindows = spans.map(({ uuid, from, length }) => ({
          uuid,
          from: new Date(at(from)),
          to: new Date(at(from + length)),
        }));
        const diskFrom = new Date(at(-100));
        const frozen = { priceMicrosPerGpuHour: prices.gpu, diskPriceMicrosPerGibMonth: prices.disk, feeBasisPoints };
        const market: BillingFacts = {
          prices: frozen,
          diskBytes: GIB,
          gpuWindows,
          diskFrom,
          diskTo: null,
          ceilingMicros: ceiling,
          settled: false,
        };
        let state: BillingState = {
          gpuSeconds: 0n,
          diskByteSeconds: 0n,
          chargedMicros: 0n,
          heldMicros: held,
          billedUntil: null,
        };
        const lines = statements.map(({ from, length, receivedAfter, diskSeconds, ...rest }) => {
          const statement: Statement = {
            ...line(from, from + length).statement,
            ...rest,
            diskByteSeconds: (BigInt(diskSeconds) * GIB).toString(),
          };
          const received = new Date(at(from + length + receivedAfter));
          const billed = bill(statement, state, market, received);
          state = billed.next;
          return {
            statement,
            receivedAt: received.toISOString(),
            billedGpuSeconds: Number(billed.gpuSeconds),
            billedDiskByteSeconds: billed.diskByteSeconds.toString(),
            chargedMicros: billed.chargedMicros.toString(),
            reason: billed.reason,
          };
        });
        const bounds: BillFacts = {
          terms: {
            ...facts.terms,
            priceMicrosPerGpuHour: prices.gpu.toString(),
            diskPriceMicrosPerGibMonth: prices.disk.toString(),
            feeBasisPoints,
          },
          capMicros: held.toString(),
          usable: gpuWindows.map(({ uuid, from, to }) => ({
            gpuUuid: uuid,
            from: from.toISOString(),
            until: to.toISOString(),
          })),
          diskFrom: diskFrom.toISOString(),
          diskUntil: null,
        };
        const totals = recompute(bounds, lines, []);
        expect(totals).toEqual(invoiceTotals({ prices: frozen, lines, credits: [] }));
        expect(totals.chargedMicros).toBe(state.chargedMicros.toString());
        expect(totals.gpuSeconds).toBe(state.gpuSeconds.toString());
      }),
      { numRuns: process.env.SUBLET_LONG === '1' ? 20_000 : 1_000 },
    );
  });
});
