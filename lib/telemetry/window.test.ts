import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figureText, roundTop } from './figure.ts';
import type { Metrics } from './measure.ts';
import { lastPointAt, latestOf, movedOn, summaryOf } from './window.ts';

const STEP = 5_000;
/** A window over a machine that shows at each moment its number. */
function windowAt(first: number, points: number, silent: (at: number) => boolean = () => false): Metrics {
  const mean = Array.from({ length: points }, (_, index) => (silent(first + index) ? null : first + index));
  const series = [{ measure: 'cpuMillis', gpu: null, mean, least: mean, most: mean } as const];
  return { range: '15m', startsAt: new Date(first * STEP), stepSeconds: 5, points, series, simulated: false };
}

describe('a window that moves on', () => {
  it('is what would have been asked for anew, however long nobody looked and whatever was silent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(100), fc.func(fc.boolean()), (points, later, silent) => {
        const before = windowAt(1_000, points, silent);
        const known = lastPointAt(before).getTime() / STEP;
        const whole = windowAt(1_000 + later, points, silent);
        const from = Math.max(known, 1_000 + later);
        const more = windowAt(from, 1_000 + later + points - from, silent);
        expect(movedOn(before, more)).toEqual(whole);
      }),
    );
  });

  it('takes the newer figure of a point that was still growing', () => {
    const before = windowAt(1_000, 3);
    const more = windowAt(1_002, 1);
    const grown = more.series.map((each) => ({ ...each, most: [9_999] }));
    expect(movedOn(before, { ...more, series: grown }).series[0]?.most).toEqual([1_000, 1_001, 9_999]);
  });

  it('begins a series that was not there before, and goes on without one that ended', () => {
    const before = { ...windowAt(1_000, 3), series: [] };
    expect(movedOn(before, windowAt(1_002, 2)).series[0]?.mean).toEqual([null, 1_002, 1_003]);
    const more = { ...windowAt(1_002, 2), series: [] };
    expect(movedOn(windowAt(1_000, 3), more).series[0]?.mean).toEqual([1_001, null, null]);
  });

  it('stays as it is when there is nothing newer, or the market’s clock was set back', () => {
    const before = windowAt(1_000, 3);
    expect(movedOn(before, windowAt(1_003, 0))).toBe(before);
    expect(movedOn(before, windowAt(900, 2))).toBe(before);
    const whole = windowAt(900, 3);
    expect(movedOn(before, whole)).toBe(whole);
  });
});

describe('what a series says', () => {
  const series = {
    measure: 'cpuMillis',
    gpu: null,
    mean: [5, 3, null, null],
    least: [1, 2, null, null],
    most: [9, 4, null, null],
  } as const;

  it('now is its newest figure, and nothing once it has been silent for three points', () => {
    expect(latestOf(series)).toBe(3);
    expect(latestOf({ ...series, mean: [5, null, null, null] })).toBeNull();
  });

  it('of the whole is the least of the least, the mean of the means, the most of the most', () => {
    expect(summaryOf(series)).toEqual({ least: 1, mean: 4, most: 9 });
    expect(summaryOf({ ...series, mean: [null], least: [null], most: [null] })).toEqual({
      least: null,
      mean: null,
      most: null,
    });
  });

  it('is read with its unit', () => {
    const gib = 2 ** 30;
    expect([
      figureText('gpuUtilisationPercent', 87.4),
      figureText('gpuMemoryUsedBytes', 18.2 * gib),
      figureText('gpuPowerWatts', 692.3),
      figureText('gpuTemperatureCelsius', 61),
      figureText('cpuMillis', 1_500),
      figureText('diskWriteBytesPerSecond', 3_200_000),
      figureText('networkDownBitsPerSecond', 940e6),
      figureText('cpuMillis', null),
    ]).toEqual(['87 %', '18.2 GiB', '692 W', '61 °C', '1.50 threads', '3.2 MB/s', '940 Mbit/s', '–']);
  });

  it('has a round figure over it, bytes in powers of 1,024', () => {
    const gib = 2 ** 30;
    expect([
      roundTop('gpuPowerWatts', 347),
      roundTop('gpuTemperatureCelsius', 70),
      roundTop('cpuMillis', 1_900),
      roundTop('gpuMemoryUsedBytes', 8.8 * gib) / gib,
      roundTop('gpuMemoryUsedBytes', 18.2 * gib) / gib,
      roundTop('diskWriteBytesPerSecond', 0),
    ]).toEqual([400, 80, 2_000, 10, 20, 1]);
  });
});
