import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '#agent/clock.ts';
import {
  affordsAnotherSecond,
  beginInterval,
  chargeOf,
  endInterval,
  type Interval,
  NOTHING_STATED,
  type Totals,
} from '#agent/meter.ts';
import { gpuCharge } from '#protocol/charge.ts';
import { sha256 } from '#protocol/keys.ts';
import type { LeasePermit } from '#protocol/lease.ts';
import { NO_PREVIOUS, type Statement, statement } from '#protocol/statement.ts';
import { DOMAINS, signedText } from '#protocol/words.ts';
import { permitWith } from '#tests/support/lease.ts';

const START = Date.parse('2026-11-23T12:00:00.000Z');
const rich = { ceilingMicros: '1000000000000', endsAt: new Date(START + 10_000_000_000).toISOString() };

/** Ends an interval and takes the result for journalled, as the agent does. */
function state(totals: Totals, interval: Interval, permit: LeasePermit, reading: Reading) {
  const ended = endInterval(totals, interval, permit, reading);
  const previous =
    ended.statement === null ? totals.previous : sha256(signedText(DOMAINS.statement, JSON.stringify(ended.statement)));
  return { statement: ended.statement, totals: { ...ended.totals, previous }, next: ended.next };
}

describe('a statement', () => {
  const permit = permitWith({ ...rich, gpuUuids: ['GPU-a', 'GPU-b'], diskBytes: '10' });
  const begun = beginInterval('running', NOTHING_STATED, { now: START, monotonic: 5_000 });

  it('counts whole seconds of each GPU and of each byte of disk', () => {
    const { statement: made } = state(NOTHING_STATED, begun, permit, { now: START + 61_900, monotonic: 66_900 });
    expect(statement.safeParse(made).success).toBe(true);
    expect(made).toMatchObject({
      sequence: 0,
      previous: NO_PREVIOUS,
      startsAt: '2026-11-23T12:00:00.000Z',
      endsAt: '2026-11-23T12:01:01.000Z',
      monotonicSeconds: 61,
      gpuUuids: ['GPU-a', 'GPU-b'],
      gpuSeconds: 122,
      diskByteSeconds: '610',
    });
  });

  it('is followed by one that begins where it ended, with the part of a second that was left', () => {
    const first = state(NOTHING_STATED, begun, permit, { now: START + 60_900, monotonic: 65_900 });
    const second = state(first.totals, first.next, permit, { now: START + 120_000, monotonic: 125_000 });
    expect(first.statement?.monotonicSeconds).toBe(60);
    expect(second.statement).toMatchObject({
      sequence: 1,
      previous: sha256(signedText(DOMAINS.statement, JSON.stringify(first.statement))),
      startsAt: first.statement?.endsAt,
      monotonicSeconds: 60,
    });
  });

  it('of a stopped rental is about its disk alone', () => {
    const stopped = beginInterval('stopped', NOTHING_STATED, { now: START, monotonic: 0 });
    const { statement: made } = state(NOTHING_STATED, stopped, permit, { now: START + 600_000, monotonic: 600_000 });
    expect(made).toMatchObject({ state: 'stopped', gpuUuids: [], gpuSeconds: 0, diskByteSeconds: '6000' });
  });

  it('is not made for less than a second, nor by a clock that was set forward or back', () => {
    for (const now of [START + 900, START + 86_400_000, START - 86_400_000]) {
      expect(endInterval(NOTHING_STATED, begun, permit, { now, monotonic: 5_900 }).statement).toBeNull();
    }
  });

  it('never begins before the one before it ended, whatever a restarted machine takes for the time', () => {
    const { totals } = state(NOTHING_STATED, begun, permit, { now: START + 60_000, monotonic: 65_000 });
    const again = beginInterval('running', totals, { now: START - 86_400_000, monotonic: 0 });
    expect(again.startsAt).toBe(totals.endedAt);
  });

  it('says no second beyond the window', () => {
    const short = permitWith({ ...rich, endsAt: new Date(START + 30_500).toISOString() });
    const late = state(NOTHING_STATED, begun, short, { now: START + 90_000, monotonic: 95_000 });
    expect(late.statement?.monotonicSeconds).toBe(30);
    expect(state(late.totals, late.next, short, { now: START + 180_000, monotonic: 185_000 }).statement).toBeNull();
  });

  it('says no second beyond the ceiling, and none of those lost comes back when the ceiling is raised', () => {
    const poor = permitWith({ ...rich, priceMicrosPerGpuHour: '3600', ceilingMicros: '10' });
    const spent = state(NOTHING_STATED, begun, poor, { now: START + 25_000, monotonic: 30_000 });
    expect(spent.statement?.monotonicSeconds).toBe(10);
    expect(affordsAnotherSecond(spent.totals, spent.next, poor, { now: START + 25_000, monotonic: 30_000 })).toBe(
      false,
    );
    const raised = { ...poor, ceilingMicros: '1000' };
    const later = state(spent.totals, spent.next, raised, { now: START + 27_000, monotonic: 32_000 });
    expect(later.statement?.monotonicSeconds).toBe(2);
  });
});

describe('the meter, through any history of running, stopping, crashing and clocks that jump', () => {
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90_000 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('state' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('crash' as const), ms: fc.integer({ min: 0, max: 600_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('jump' as const),
        ms: fc.integer({ min: -86_400_000, max: 86_400_000 }),
      }),
    },
  );
  const terms = fc.record({
    priceMicrosPerGpuHour: fc.bigInt({ min: 0n, max: 50_000_000n }).map(String),
    diskPriceMicrosPerGibMonth: fc.bigInt({ min: 0n, max: 1_000_000n }).map(String),
    diskBytes: fc.bigInt({ min: 0n, max: 1_000_000_000_000n }).map(String),
    ceilingMicros: fc.bigInt({ min: 0n, max: 3_000_000n }).map(String),
    gpuUuids: fc.subarray(['GPU-a', 'GPU-b'], { minLength: 1 }),
    endsAt: fc.integer({ min: 1, max: 3_000_000 }).map((ms) => new Date(START + ms).toISOString()),
  });

  it('states no second twice, none that did not pass, and none that the lease does not allow', () => {
    fc.assert(
      fc.property(terms, fc.array(step, { maxLength: 40 }), (fields, steps) => {
        const permit = permitWith(fields);
        let wall = START;
        let monotonic = 1_000;
        let passedMs = 0;
        let totals: Totals = NOTHING_STATED;
        let interval = beginInterval('running', totals, { now: wall, monotonic });
        const made: Statement[] = [];
        for (const each of steps) {
          if (each.kind === 'pass') {
            wall += each.ms;
            monotonic += each.ms;
            passedMs += each.ms;
          } else if (each.kind === 'jump') {
            wall += each.ms;
          } else if (each.kind === 'crash') {
            wall += each.ms;
            monotonic = 0;
            interval = beginInterval(interval.state, totals, { now: wall, monotonic });
          } else {
            const reading = { now: wall, monotonic };
            const result = state(totals, interval, permit, reading);
            if (result.statement !== null) made.push(result.statement);
            ({ totals, next: interval } = result);
            const other = interval.state === 'running' ? 'stopped' : 'running';
            if (each.kind === 'turn') interval = beginInterval(other, totals, reading);
          }
        }
        let previousEnd = 0;
        let previous = NO_PREVIOUS;
        let [seconds, gpuSeconds, diskByteSeconds] = [0, 0n, 0n];
        for (const [index, one] of made.entries()) {
          expect(one.sequence).toBe(index);
          expect(one.previous).toBe(previous);
          previous = sha256(signedText(DOMAINS.statement, JSON.stringify(one)));
          expect(Date.parse(one.startsAt)).toBeGreaterThanOrEqual(previousEnd);
          previousEnd = Date.parse(one.endsAt);
          expect(previousEnd - Date.parse(one.startsAt)).toBe(one.monotonicSeconds * 1_000);
          expect(one.monotonicSeconds).toBeGreaterThan(0);
          seconds += one.monotonicSeconds;
          gpuSeconds += BigInt(one.gpuSeconds);
          diskByteSeconds += BigInt(one.diskByteSeconds);
          if (one.state === 'running') {
            expect(one.gpuSeconds).toBe(one.monotonicSeconds * permit.gpuUuids.length);
            expect(previousEnd).toBeLessThanOrEqual(Date.parse(permit.endsAt));
            expect(chargeOf({ gpuSeconds, diskByteSeconds }, permit)).toBeLessThanOrEqual(BigInt(permit.ceilingMicros));
          } else expect(one.gpuSeconds).toBe(0);
        }
        expect(seconds * 1_000).toBeLessThanOrEqual(passedMs);
        expect(totals).toMatchObject({ gpuSeconds, diskByteSeconds });
        expect(gpuCharge(BigInt(permit.priceMicrosPerGpuHour), gpuSeconds)).toBeLessThanOrEqual(
          BigInt(permit.ceilingMicros),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('loses no whole second of a machine that neither crashes nor is stopped', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 50 }), (pauses) => {
        const permit = permitWith(rich);
        let totals: Totals = NOTHING_STATED;
        let interval = beginInterval('running', totals, { now: START, monotonic: 0 });
        let passed = 0;
        for (const pause of pauses) {
          passed += pause;
          ({ totals, next: interval } = state(totals, interval, permit, { now: START + passed, monotonic: passed }));
        }
        expect(totals.gpuSeconds).toBe(BigInt(Math.floor(passed / 1_000)));
      }),
    );
  });
});
