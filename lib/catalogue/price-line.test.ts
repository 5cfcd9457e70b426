import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from '#lib/base/time.ts';
import { changesWithin, ends, everyDay, type PriceChange } from './price-line.ts';

const at = (hours: number) => new Date(Date.UTC(2026, 10, 20) + hours * HOUR);
const change = (hours: number, price: number): PriceChange => ({
  since: at(hours),
  priceMicrosPerGpuHour: BigInt(price),
});
const inForce = (changes: readonly PriceChange[], instant: Date) =>
  changes.findLast(({ since }) => since <= instant)?.priceMicrosPerGpuHour;

describe('the prices of a listing within a span', () => {
  it('begin with the one in force and leave out what changed nothing or stood for no time', () => {
    const all = [change(-9, 5), change(-3, 4), change(2, 4), change(3, 9), change(3, 6), change(8, 7), change(40, 1)];
    expect(changesWithin(all, at(0), at(24))).toEqual([change(0, 4), change(3, 6), change(8, 7)]);
    expect(changesWithin([], at(0), at(24))).toEqual([]);
  });

  it('say the same price at every instant as all changes do', () => {
    const some = fc
      .array(fc.tuple(fc.integer({ min: -20, max: 40 }), fc.integer({ min: 1, max: 3 })), { minLength: 1 })
      .map((all) => all.toSorted((a, b) => a[0] - b[0]).map(([hours, price]) => change(hours, price)));
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 23 }), (all, hour) => {
        expect(inForce(changesWithin(all, at(0), at(24)), at(hour))).toBe(inForce(all, at(hour)));
      }),
    );
  });
});

describe('a line', () => {
  const point = (day: string, median: bigint) => ({
    day,
    listings: 1,
    lowestMicros: median,
    p25Micros: median,
    medianMicros: median,
    p75Micros: median,
    highestMicros: median,
  });

  it('has a place for each day, empty where nothing was offered', () => {
    const line = { from: '2026-10-24', to: '2026-10-27', points: [point('2026-10-25', 3n), point('2026-10-27', 2n)] };
    expect(everyDay(line).map(({ point: there }) => there?.medianMicros ?? null)).toEqual([null, 3n, null, 2n]);
    expect(ends(line)).toMatchObject({ lowestMicros: 2n, highestMicros: 3n, first: { day: '2026-10-25' } });
    expect(ends({ points: [] })).toBeNull();
  });
});
