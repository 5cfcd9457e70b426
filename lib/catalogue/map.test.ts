import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countries } from './country.ts';
import { COUNTRY_PLACES } from './country-places.ts';
import { clustersOf } from './map.ts';

const CODES = countries().map(({ code }) => code);
const some = fc.uniqueArray(
  fc.record({
    country: fc.constantFrom(...CODES),
    offers: fc.integer({ min: 0, max: 500 }),
    cheapestMicros: fc.option(fc.bigInt({ min: 1n, max: 9_000_000n })),
  }),
  { selector: ({ country }) => country, maxLength: 60 },
);

describe('the map', () => {
  it('has a place on the picture for every country', () => {
    for (const code of CODES) {
      const [x, y] = COUNTRY_PLACES[code] ?? [-1, -1];
      expect([code, x >= 0 && x <= 100 && y >= 0 && y <= 100]).toEqual([code, true]);
    }
  });

  it('puts Iceland west of Germany, Australia in the south-east, and the United States in the west', () => {
    const at = (code: string) => COUNTRY_PLACES[code] as readonly [number, number];
    expect(at('IS')[0]).toBeLessThan(at('DE')[0]);
    expect(at('IS')[1]).toBeLessThan(at('DE')[1]);
    expect(at('AU')[0]).toBeGreaterThan(75);
    expect(at('AU')[1]).toBeGreaterThan(60);
    expect(at('US')[0]).toBeLessThan(35);
  });

  it('loses no offer, covers no mark with another, and says the cheapest of each', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 25 }), (found, apart) => {
        const clusters = clustersOf(found, apart);
        const sum = (list: readonly { offers: number }[]) => list.reduce((total, { offers }) => total + offers, 0);
        expect(sum(clusters)).toBe(sum(found));
        expect(clusters.flatMap((cluster) => cluster.countries).toSorted()).toEqual(
          found.flatMap(({ country, offers }) => (offers > 0 ? [country] : [])).toSorted(),
        );
        for (const [index, a] of clusters.entries())
          for (const b of clusters.slice(index + 1))
            expect(Math.hypot(a.x - b.x, ((a.y - b.y) * 440) / 960)).toBeGreaterThanOrEqual(apart);
        for (const { countries: inside, cheapestMicros } of clusters) {
          const prices = found.flatMap((one) =>
            inside.includes(one.country) && one.cheapestMicros !== null ? [one.cheapestMicros] : [],
          );
          expect(cheapestMicros).toBe(prices.length === 0 ? null : prices.toSorted((a, b) => Number(a - b))[0]);
        }
      }),
    );
  });
});
