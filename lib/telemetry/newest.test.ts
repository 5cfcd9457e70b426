import { describe, expect, it } from 'vitest';
import type { Measure, Metrics } from './measure.ts';
import { figureOf, figuresNow, newestOf } from './newest.ts';

const series = (measure: Measure, gpu: number | null, mean: readonly (number | null)[]) => ({
  ...{ measure, gpu, mean },
  least: mean,
  most: mean,
});
const metrics = (...all: Metrics['series']): Metrics => ({
  range: '15m',
  startsAt: new Date('2026-11-27T12:00:00Z'),
  stepSeconds: 5,
  points: 3,
  series: all,
  simulated: false,
});

describe('the newest figures of GPUs', () => {
  it('are the last that was said of each measure, and of the time of the newest', () => {
    const found = newestOf(
      metrics(
        series('gpuTemperatureCelsius', 1, [61, 62, null]),
        series('gpuPowerWatts', 1, [200, null, null]),
        series('gpuTemperatureCelsius', 2, [40, 41, 42]),
        series('cpuMillis', null, [1, 2, 3]),
      ),
    );
    expect([...found]).toEqual([
      [1, { at: new Date('2026-11-27T12:00:05Z'), figures: { gpuTemperatureCelsius: 62, gpuPowerWatts: 200 } }],
      [2, { at: new Date('2026-11-27T12:00:10Z'), figures: { gpuTemperatureCelsius: 42 } }],
    ]);
  });

  it('are none of a GPU of which nothing was heard', () => {
    expect(newestOf(metrics(series('gpuPowerWatts', 1, [null, null, null]))).size).toBe(0);
    expect(newestOf(metrics()).size).toBe(0);
  });

  it('stand for the GPUs that were looked at, and never pass for what the last description said of another', () => {
    const newest = newestOf(metrics(series('gpuTemperatureCelsius', 1, [61, 62, null])));
    expect(figuresNow(newest, 'gpuTemperatureCelsius')).toEqual([62]);
    expect(figureOf(newest, 1, 'gpuTemperatureCelsius', 30)).toEqual({ figure: 62, now: true });
    expect(figureOf(newest, 2, 'gpuTemperatureCelsius', 30)).toEqual({ figure: 30, now: false });
    expect(figureOf(newest, 1, 'gpuPowerWatts', null)).toEqual({ figure: null, now: false });
  });
});
