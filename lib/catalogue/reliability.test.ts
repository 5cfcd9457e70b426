import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '#lib/base/spans.ts';
import { DAY, HOUR, MINUTE } from '#lib/base/time.ts';
import { RELIABILITY_WINDOW_MS, reliability, reliabilityDays, reliabilityUntil } from './reliability.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const span = (fromMs: number, toMs: number | null): Span => ({
  startsAt: ago(fromMs),
  endsAt: toMs === null ? null : ago(toMs),
});

/** Spans on whole hours around the window, so that a naive count of hours is exact. */
const hours = 24 * 36;
const someSpans = fc.array(
  fc
    .record({ from: fc.integer({ min: 0, max: hours }), long: fc.integer({ min: 0, max: 400 }), open: fc.boolean() })
    .map(({ from, long, open }) => span(from * HOUR, open ? null : (from - Math.min(long, from)) * HOUR)),
  { maxLength: 12 },
);

/** The definition, word by word: each hour of the window is offered or not, reachable or not. */
function naive(offers: readonly Span[], silences: readonly Span[]): { offered: number; reachable: number } {
  const covers = (spans: readonly Span[], at: number) =>
    spans.some(
      (s) => s.startsAt.getTime() <= at && at < (s.endsAt === null ? Number.POSITIVE_INFINITY : s.endsAt.getTime()),
    );
  let offered = 0;
  let reachable = 0;
  for (let at = now.getTime() - RELIABILITY_WINDOW_MS; at < now.getTime(); at += HOUR) {
    if (!covers(offers, at)) continue;
    offered += 1;
    if (!covers(silences, at)) reachable += 1;
  }
  return { offered, reachable };
}

describe('reliability', () => {
  it('is "new" while a machine was offered for less than a day', () => {
    expect(reliability([], [], now)).toEqual({ state: 'new', offeredMs: 0 });
    expect(reliability([span(DAY - 1, null)], [], now).state).toBe('new');
    expect(reliability([span(DAY, null)], [], now).state).toBe('measured');
  });

  it('is the share of offered time in which the machine was reachable', () => {
    const measured = reliability([span(10 * DAY, null)], [span(5 * DAY, 4 * DAY)], now);
    expect(measured).toMatchObject({
      state: 'measured',
      basisPoints: 9_000,
      offeredMs: 10 * DAY,
      reachableMs: 9 * DAY,
    });
  });

  it('says for 30 minutes of silence in 30 days what a pen and paper say', () => {
    expect(reliability([span(40 * DAY, null)], [span(HOUR, 30 * MINUTE)], now)).toMatchObject({ basisPoints: 9_993 });
  });

  it('does not hold against a host what happened while the machine was not offered', () => {
    const offers = [span(20 * DAY, 10 * DAY)];
    expect(reliability(offers, [span(9 * DAY, 2 * DAY)], now)).toMatchObject({ basisPoints: 10_000 });
  });

  it('looks back 30 days and no further', () => {
    expect(reliability([span(60 * DAY, null)], [span(60 * DAY, 31 * DAY)], now)).toMatchObject({
      basisPoints: 10_000,
      offeredMs: 30 * DAY,
    });
  });

  it('agrees with a count of hours for any offers and silences', () => {
    fc.assert(
      fc.property(someSpans, someSpans, (offers, silences) => {
        const { offered, reachable } = naive(offers, silences);
        const found = reliability(offers, silences, now);
        if (offered < 24) expect(found).toEqual({ state: 'new', offeredMs: offered * HOUR });
        else
          expect(found).toEqual({
            state: 'measured',
            basisPoints: Math.floor((10_000 * reachable) / offered),
            offeredMs: offered * HOUR,
            reachableMs: reachable * HOUR,
          });
      }),
      { numRuns: 300 },
    );
  });

  it('never rises by another silence, and does not care for order or repetition', () => {
    fc.assert(
      fc.property(someSpans, someSpans, someSpans, (offers, silences, more) => {
        const points = (s: readonly Span[]) => {
          const found = reliability(offers, s, now);
          return found.state === 'new' ? null : found.basisPoints;
        };
        const before = points(silences);
        expect(points([...silences].reverse().concat(silences))).toBe(before);
        if (before !== null) expect(points([...silences, ...more])).toBeLessThanOrEqual(before);
      }),
    );
  });

  it('gives days that together are the month', () => {
    fc.assert(
      fc.property(someSpans, (silences) => {
        const days = reliabilityDays([span(40 * DAY, null)], silences, now, 30);
        expect(days).toHaveLength(30);
        const whole = reliability([span(40 * DAY, null)], silences, now);
        const mean = days.reduce((sum, day) => sum + (day.basisPoints ?? 0), 0) / 30;
        // Each day is rounded down on its own, so their mean is below the whole by at most one basis point.
        if (whole.state === 'measured') expect(Math.abs(mean - whole.basisPoints)).toBeLessThan(1.01);
      }),
    );
  });

  it('gives ninety days, and says nothing of those in which the machine was not offered', () => {
    const days = reliabilityDays([span(40 * DAY, 10 * DAY)], [span(12 * DAY, 11 * DAY + 12 * HOUR)], now);
    expect(days).toHaveLength(90);
    expect(days.map(({ basisPoints }) => basisPoints === null)).toEqual(
      days.map((_, index) => index < 50 || index >= 80),
    );
    expect(days[78]).toMatchObject({ basisPoints: 5_000, offeredMs: DAY, silentMs: 12 * HOUR });
    expect(days[79]).toMatchObject({ basisPoints: 10_000, silentMs: 0 });
  });

  it('stays as it is until the instant it names, and is named in time', () => {
    const uneven = fc.array(
      fc
        .record({
          from: fc.integer({ min: -2 * DAY, max: hours * HOUR }),
          long: fc.integer({ min: 0, max: 20 * DAY }),
          open: fc.boolean(),
        })
        .map(({ from, long, open }) => span(from, open ? null : from - long)),
      { maxLength: 4 },
    );
    const intervals = (spans: readonly Span[]) =>
      spans.map((s) => [s.startsAt.getTime(), s.endsAt?.getTime() ?? Number.POSITIVE_INFINITY] as const);
    fc.assert(
      fc.property(uneven, uneven, fc.double({ min: 0, max: 1, noNaN: true }), (offers, silences, share) => {
        const pointsAt = (at: number) => {
          const found = reliability(offers, silences, new Date(at));
          return found.state === 'new' ? null : found.basisPoints;
        };
        let at = now.getTime();
        for (let change = 0; change < 5; change += 1) {
          const { basisPoints, until } = reliabilityUntil(intervals(offers), intervals(silences), at);
          expect(basisPoints).toBe(pointsAt(at));
          expect(until).toBeGreaterThan(at);
          const last = until === Number.POSITIVE_INFINITY ? at + 400 * DAY : until - 1;
          expect(pointsAt(Math.floor(at + (last - at) * share))).toBe(basisPoints);
          expect(pointsAt(last)).toBe(basisPoints);
          if (until === Number.POSITIVE_INFINITY) return;
          at = until;
        }
      }),
      { numRuns: 500 },
    );
  });
});
