import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostOf, SKETCH_HEIGHT, SKETCH_WIDTH, sketchPath, topOf } from './sketch.ts';

describe('the sketch of a chart', () => {
  it('goes from the left to the right, with a gap where nothing was said', () => {
    expect(sketchPath({ mean: [0, 50, null, 100, 100] }, 100)).toBe('M0 100L30 50M90 0L120 0');
    expect(sketchPath({ mean: [null, 50, null] }, 100)).toBe('M60 50h1');
    expect(sketchPath({ mean: [null, null] }, 100)).toBe('');
    expect(sketchPath({ mean: [] }, 100)).toBe('');
  });

  it('stays in its frame and small, however many points it is of and whatever they say', () => {
    const figures = fc.array(fc.option(fc.double({ min: 0, max: 1e12, noNaN: true })), { maxLength: 300 });
    fc.assert(
      fc.property(figures, fc.double({ min: 1, max: 1e12, noNaN: true }), (mean, top) => {
        const path = sketchPath({ mean }, top);
        const corners = [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map((match) => [
          Number(match[1]),
          Number(match[2]),
        ]);
        expect(corners.length).toBeLessThanOrEqual(SKETCH_WIDTH + 1);
        for (const [x = -1, y = -1] of corners) {
          expect(x).toBeLessThanOrEqual(SKETCH_WIDTH);
          expect(y).toBeLessThanOrEqual(SKETCH_HEIGHT);
        }
        expect(path === '').toBe(mean.every((figure) => figure === null));
      }),
    );
  });

  it('has the top of the chart that takes its place', () => {
    expect(topOf('gpuUtilisationPercent', 3, undefined)).toBe(100);
    expect(topOf('gpuPowerWatts', 110, undefined)).toBe(200);
    expect(topOf('memoryBytes', 60, 100)).toBe(100);
    expect(topOf('memoryBytes', 11, 100)).toBe(20);
    expect(topOf('memoryBytes', null, undefined)).toBe(1);
    expect(mostOf([{ most: [1, null, 3] }, { most: [2] }])).toBe(3);
    expect(mostOf([{ most: [null] }])).toBeNull();
  });
});
