import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds, DAY, HOUR } from '#lib/base/time.ts';
import { bidForShare, oddsOf, oddsSentence } from './odds.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const ago = (hours: number) => addSeconds(NOW, -hours * 3_600);
const row = (hours: number, ...entryMicros: bigint[]) => ({ at: ago(hours), entryMicros });
const week = ago(7 * 24);

describe('the odds of a bid', () => {
  const rows = [row(200, 10n, -1n), row(48, 30n, 40n), row(24, 10n, 20n)];

  it('are the share of the time in which it would have got in, by its size', () => {
    const one = oddsOf(rows, { microsPerGpuHour: 20n, gpuCount: 1 }, week, NOW);
    expect(one).toEqual({ basisPoints: Math.floor((144 / 168) * 10_000), coveredMs: 7 * DAY });
    expect(oddsOf(rows, { microsPerGpuHour: 20n, gpuCount: 2 }, week, NOW).basisPoints).toBe(1_428);
    expect(oddsOf(rows, { microsPerGpuHour: 9n, gpuCount: 1 }, week, NOW).basisPoints).toBe(0);
    expect(oddsOf(rows, { microsPerGpuHour: 99n, gpuCount: 16 }, week, NOW).basisPoints).toBe(0);
    expect(oddsSentence(one)).toBe('It would have run 85.7 % of the past 7 days.');
  });

  it('turned around give the least bid for a share of the time', () => {
    expect(bidForShare(rows, { gpuCount: 1, basisPoints: 5_000 }, week, NOW)).toBe(10n);
    expect(bidForShare(rows, { gpuCount: 1, basisPoints: 9_000 }, week, NOW)).toBe(30n);
    expect(bidForShare(rows, { gpuCount: 2, basisPoints: 9_000 }, week, NOW)).toBeNull();
    expect(bidForShare([], { gpuCount: 1, basisPoints: 1 }, week, NOW)).toBeNull();
  });

  it('are not told from less than a day of history', () => {
    const odds = oddsOf([row(5, 10n)], { microsPerGpuHour: 20n, gpuCount: 1 }, week, NOW);
    expect(odds).toEqual({ basisPoints: null, coveredMs: 5 * HOUR });
    expect(oddsSentence(odds)).toContain('Only 5 h');
    expect(oddsSentence(oddsOf([], { microsPerGpuHour: 20n, gpuCount: 1 }, week, NOW))).toContain('No history');
  });

  it('never fall when more is bid', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ hours: fc.integer({ min: 1, max: 300 }), entry: fc.bigInt({ min: -1n, max: 50n }) })),
        fc.bigInt({ min: 1n, max: 60n }),
        fc.bigInt({ min: 0n, max: 20n }),
        (history, micros, more) => {
          const all = history.toSorted((a, b) => b.hours - a.hours).map(({ hours, entry }) => row(hours, entry));
          const odds = (bid: bigint) => oddsOf(all, { microsPerGpuHour: bid, gpuCount: 1 }, week, NOW).basisPoints ?? 0;
          expect(odds(micros + more)).toBeGreaterThanOrEqual(odds(micros));
          expect(odds(micros)).toBeLessThanOrEqual(10_000);
        },
      ),
    );
  });
});
