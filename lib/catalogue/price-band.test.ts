import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bandOf,
  type CountedPrice,
  groupKey,
  LEAST_LISTINGS,
  LEAST_PRICES,
  labelOf,
  percentileOf,
  priceLabel,
} from './price-band.ts';

const group = { model: 'RTX 4090', tier: 'selfTested', simulated: false } as const;
const span = { from: '2026-10-24', to: '2026-11-22' };
const counted = (price: number, count = 1): CountedPrice => ({ priceMicrosPerGpuHour: BigInt(price), count });
const band = (prices: readonly CountedPrice[], listings = LEAST_LISTINGS) => {
  const made = bandOf(group, prices, { ...span, listings });
  if (made === null) throw new Error('no band');
  return made;
};
const somePrices = fc.array(
  fc.record({ price: fc.integer({ min: 1, max: 40 }), count: fc.integer({ min: 1, max: 9 }) }),
  {
    minLength: 1,
    maxLength: 30,
  },
);

describe('a percentile', () => {
  it('is the smallest price that so many percent do not exceed, as counting one by one says', () => {
    fc.assert(
      fc.property(somePrices, fc.integer({ min: 1, max: 100 }), (made, percent) => {
        const each = made.flatMap(({ price, count }) => Array<number>(count).fill(price)).sort((a, b) => a - b);
        const rank = Math.ceil((percent * each.length) / 100);
        const found = percentileOf(
          made.map(({ price, count }) => counted(price, count)),
          percent,
        );
        expect(found).toBe(BigInt(each[rank - 1] as number));
      }),
    );
  });

  it('hangs neither on the order nor on how equal prices are counted, and grows with the percentage', () => {
    fc.assert(
      fc.property(somePrices, (made) => {
        const together = made.map(({ price, count }) => counted(price, count));
        const apart = together.flatMap(({ priceMicrosPerGpuHour, count }) =>
          Array.from({ length: count }, () => ({ priceMicrosPerGpuHour, count: 1 })),
        );
        const of = (prices: readonly CountedPrice[]) => [25, 50, 75].map((percent) => percentileOf(prices, percent));
        expect(of(apart.toReversed())).toEqual(of(together));
        const [p25 = 0n, p50 = 0n, p75 = 0n] = of(together);
        expect(p25 <= p50 && p50 <= p75).toBe(true);
      }),
    );
  });

  it('is exact for amounts that no floating number holds', () => {
    const large = 9_007_199_254_740_993n;
    expect(percentileOf([{ priceMicrosPerGpuHour: large, count: 3 }, counted(5)], 50)).toBe(large);
  });

  it('does not exist of nothing', () => {
    expect(percentileOf([], 50)).toBeUndefined();
    expect(percentileOf([counted(5, 0)], 50)).toBeUndefined();
    expect(bandOf(group, [], { ...span, listings: 0 })).toBeNull();
  });
});

describe('a price label', () => {
  it('needs twenty prices: nineteen say nothing', () => {
    expect(LEAST_PRICES).toBe(20);
    expect(labelOf(1n, band([counted(10, 10), counted(20, 9)]))).toBeNull();
    expect(labelOf(1n, band([counted(10, 10), counted(20, 10)]))).toMatchObject({ word: 'low', band: { n: 20 } });
  });

  it('needs three listings on some day: one host is not compared with itself', () => {
    expect(labelOf(10n, band([counted(10, 60)], LEAST_LISTINGS - 1))).toBeNull();
    expect(labelOf(10n, band([counted(10, 60)], LEAST_LISTINGS))?.word).toBe('typical');
    expect(labelOf(10n, undefined)).toBeNull();
  });

  it('is typical from P25 to P75, both included; low below, high above', () => {
    const made = band([counted(10, 10), counted(20, 20), counted(30, 10)]);
    expect([made.p25Micros, made.medianMicros, made.p75Micros]).toEqual([10n, 20n, 20n]);
    const words = [9n, 10n, 15n, 20n, 21n].map((price) => labelOf(price, made)?.word);
    expect(words).toEqual(['low', 'typical', 'typical', 'typical', 'high']);
  });

  it('is typical where everybody asks the same, and a millionth beside it is not', () => {
    const made = band([counted(300_000, 90)]);
    expect([299_999n, 300_000n, 300_001n].map((price) => labelOf(price, made)?.word)).toEqual([
      'low',
      'typical',
      'high',
    ]);
  });

  it('never rises when a price falls, and half of all prices at least are typical', () => {
    const rank = { low: 0, typical: 1, high: 2 };
    fc.assert(
      fc.property(somePrices, fc.integer({ min: 0, max: 41 }), fc.integer({ min: 0, max: 41 }), (made, a, b) => {
        const prices = made.map(({ price, count }) => counted(price, count * LEAST_PRICES));
        const bands = band(prices);
        const word = (price: number) => labelOf(BigInt(price), bands)?.word ?? 'typical';
        expect(rank[word(Math.min(a, b))]).toBeLessThanOrEqual(rank[word(Math.max(a, b))]);
        const typical = made
          .filter(({ price }) => word(price) === 'typical')
          .reduce((sum, { count }) => sum + count, 0);
        expect(typical * 2).toBeGreaterThanOrEqual(made.reduce((sum, { count }) => sum + count, 0));
      }),
    );
  });

  it('compares with the same model, the same tier, and never a real machine with a recording', () => {
    const bands = new Map([[groupKey(group), band([counted(10, 60)])]]);
    const offer = { gpuModel: 'RTX 4090', trust: 'selfTested', simulated: false, priceMicrosPerGpuHour: 11n } as const;
    expect(priceLabel(offer, bands)?.word).toBe('high');
    expect(priceLabel({ ...offer, gpuModel: 'RTX 5090' }, bands)).toBeNull();
    expect(priceLabel({ ...offer, trust: 'checkedByStaff' }, bands)).toBeNull();
    expect(priceLabel({ ...offer, simulated: true }, bands)).toBeNull();
  });
});
