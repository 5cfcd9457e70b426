import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxMicros } from '#lib/base/money.ts';
import {
  expectedOccupancy,
  LEAST_GPU_DAYS,
  occupancySteps,
  type PriceAdvice,
  readWhatIf,
  sliderRange,
  suggestedPrice,
  whatIf,
} from './price-advice.ts';
import type { PriceBand } from './price-band.ts';
import type { PriceCell } from './price-day.ts';

const DAY_SECONDS = 86_400;
const cell = (price: number, offeredDays: number, bookedDays: number): PriceCell => ({
  priceMicrosPerGpuHour: BigInt(price),
  listings: 1,
  offeredGpuSeconds: BigInt(Math.round(offeredDays * DAY_SECONDS)),
  bookedGpuSeconds: BigInt(Math.round(bookedDays * DAY_SECONDS)),
});
const steps = (...cells: readonly PriceCell[]) => {
  const made = occupancySteps(cells);
  if (made === null) throw new Error('too little');
  return made;
};
const advice = (change: Partial<PriceAdvice> = {}): PriceAdvice => ({
  machineId: 'mch_1',
  gpuCount: 2,
  currentMicros: null,
  band: null,
  occupancy: null,
  knownGpuDays: 0,
  feeBasisPoints: 1_000,
  wattsPerGpu: 300,
  ...change,
});

describe('what is booked at which price', () => {
  it('is not said of too little offered time', () => {
    expect(occupancySteps([])).toBeNull();
    expect(occupancySteps([cell(300_000, LEAST_GPU_DAYS - 0.01, 20)])).toBeNull();
    expect(occupancySteps([cell(300_000, LEAST_GPU_DAYS, 15)])).toMatchObject([{ basisPoints: 5_000 }]);
  });

  it('is counted in parts of equal offered time, a price never cut in two', () => {
    const four = steps(cell(10, 25, 20), cell(20, 25, 15), cell(30, 25, 10), cell(40, 25, 5));
    expect(four.map(({ fromMicros, toMicros, basisPoints }) => [fromMicros, toMicros, basisPoints])).toEqual([
      [10n, 10n, 8_000],
      [20n, 20n, 6_000],
      [30n, 30n, 4_000],
      [40n, 40n, 2_000],
    ]);
  });

  it('counts neighbours together where the dearer was booked more', () => {
    const pooled = steps(cell(10, 25, 20), cell(20, 25, 5), cell(30, 25, 15), cell(40, 25, 5));
    expect(pooled.map(({ fromMicros, toMicros, basisPoints }) => [fromMicros, toMicros, basisPoints])).toEqual([
      [10n, 10n, 8_000],
      [20n, 30n, 4_000],
      [40n, 40n, 2_000],
    ]);
  });

  it('never rises with the price, loses no time, and says nothing of what nobody asked', () => {
    const some = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 100 })),
      { minLength: 3, maxLength: 30, selector: ([price]) => price },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 }), (made, a, b) => {
        const cells = made.map(([price, days, percent]) => cell(price, days * 10, (days * 10 * percent) / 100));
        const all = steps(...cells);
        const sum = (of: 'offeredGpuSeconds' | 'bookedGpuSeconds', from: readonly Pick<PriceCell, typeof of>[]) =>
          from.reduce((total, one) => total + one[of], 0n);
        for (const of of ['offeredGpuSeconds', 'bookedGpuSeconds'] as const) expect(sum(of, all)).toBe(sum(of, cells));
        const at = (price: number) => expectedOccupancy(all, BigInt(price)) ?? -1;
        expect(at(Math.min(a, b))).toBeGreaterThanOrEqual(at(Math.max(a, b)));
        const highest = Math.max(...made.map(([price]) => price));
        expect(expectedOccupancy(all, BigInt(highest + 1))).toBeNull();
        expect(expectedOccupancy(all, 1n)).toBe(all[0]?.basisPoints);
      }),
    );
  });
});

describe('a month at a price', () => {
  const occupancy = { steps: steps(cell(400_000, 40, 20), cell(500_000, 40, 10)), of: 'tier' } as const;

  it('is booked hours of all GPUs at that price, less the fee and the power of those hours', () => {
    const month = whatIf(advice({ occupancy }), {
      priceMicrosPerGpuHour: 400_000n,
      wattsPerGpu: 300,
      microsPerKwh: 250_000n,
    });
    // 2 GPUs × 720 h × 50 % = 720 GPU-hours; 0.3 kW × $0.25.
    expect(month).toEqual({
      basisPoints: 5_000,
      grossMicros: 288_000_000n,
      feeMicros: 28_800_000n,
      powerMicros: 54_000_000n,
      netMicros: 205_200_000n,
      netMicrosPerGpuHour: 400_000n - 40_000n - 75_000n,
    });
  });

  it('says so when it is not known, and what one booked hour leaves nevertheless', () => {
    const ask = { priceMicrosPerGpuHour: 400_000n, wattsPerGpu: 0, microsPerKwh: 0n };
    expect(whatIf(advice(), ask)).toMatchObject({ basisPoints: null, netMicros: null, netMicrosPerGpuHour: 360_000n });
    expect(whatIf(advice({ occupancy }), { ...ask, priceMicrosPerGpuHour: 500_001n }).netMicros).toBeNull();
  });

  it('can be a loss, and is what real numbers say, but for a few millionths', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 500_000n }),
        fc.integer({ min: 0, max: 2_000 }),
        fc.bigInt({ min: 0n, max: 2_000_000n }),
        (priceMicrosPerGpuHour, wattsPerGpu, microsPerKwh) => {
          const month = whatIf(advice({ occupancy }), { priceMicrosPerGpuHour, wattsPerGpu, microsPerKwh });
          const hours = (2 * 720 * (month.basisPoints ?? 0)) / 10_000;
          const exact = hours * (Number(priceMicrosPerGpuHour) * 0.9 - (wattsPerGpu / 1_000) * Number(microsPerKwh));
          expect(Number(month.netMicros)).toBeLessThanOrEqual(exact + 1e-3 * Math.abs(exact) * 1e-6 + 1);
          expect(Number(month.netMicros)).toBeGreaterThan(exact - 1e-9 * Math.abs(exact) - 4);
        },
      ),
    );
  });
});

describe('the suggested price', () => {
  const occupancy = { steps: steps(cell(400_000, 40, 32), cell(500_000, 40, 28)), of: 'tier' } as const;
  const free = { wattsPerGpu: 0, microsPerKwh: 0n };

  it('is the one that leaves most in a month, and no lower for power that a lower share does not need', () => {
    // 0.4 × 80 % is less than 0.5 × 70 %.
    expect(suggestedPrice(advice({ occupancy }), free)).toBe(500_000n);
    const steep = { steps: steps(cell(400_000, 40, 32), cell(500_000, 40, 20)), of: 'tier' } as const;
    expect(suggestedPrice(advice({ occupancy: steep }), free)).toBe(400_000n);
    // Where an hour costs $0.30 of power, few dear hours beat many cheap ones.
    expect(suggestedPrice(advice({ occupancy: steep }), { wattsPerGpu: 1_000, microsPerKwh: 300_000n })).toBe(500_000n);
  });

  it('is the median where what is booked is not known, and none where nothing is', () => {
    const band: PriceBand = {
      ...{
        model: 'x',
        tier: 'new' as const,
        simulated: false,
        n: 4,
        listings: 2,
        from: '2026-10-01',
        to: '2026-10-30',
      },
      ...{ p25Micros: 1n, medianMicros: 2n, p75Micros: 3n, lowestMicros: 1n, highestMicros: 3n },
    };
    expect(suggestedPrice(advice({ band }), free)).toBe(2n);
    expect(suggestedPrice(advice(), free)).toBeNull();
  });
});

describe('the question', () => {
  const usual = { priceMicrosPerGpuHour: 7n, wattsPerGpu: 300, microsPerKwh: 0n };

  it('is read from a form; what makes no sense is refused by its field and the usual taken', () => {
    expect(readWhatIf({}, usual)).toEqual({ ask: usual, problems: {} });
    expect(readWhatIf({ price: '0.35', watts: '450', kwh: '0.3' }, usual)).toEqual({
      ask: { priceMicrosPerGpuHour: 350_000n, wattsPerGpu: 450, microsPerKwh: 300_000n },
      problems: {},
    });
    for (const bad of ['x', '-1', '0', '1e3', '99999', '0.1234567'])
      expect(readWhatIf({ price: bad }, usual)).toMatchObject({ ask: usual, problems: { price: expect.any(String) } });
    expect(readWhatIf({ watts: '9999', kwh: '11' }, usual)).toMatchObject({
      ask: usual,
      problems: { watts: expect.any(String), kwh: expect.any(String) },
    });
  });

  it('can be moved over everything that the market asks', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 40_000_000n }), fc.bigInt({ min: 1n, max: 40_000_000n }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const occupancy = { steps: steps({ ...cell(1, 40, 1), priceMicrosPerGpuHour: low }), of: 'model' } as const;
        const range = sliderRange({ band: null, occupancy, currentMicros: high });
        expect(range.lowMicros <= maxMicros(low, range.stepMicros)).toBe(true);
        expect(range.highMicros).toBeGreaterThan(high);
        expect(range.lowMicros > 0n && range.lowMicros % range.stepMicros === 0n).toBe(true);
      }),
    );
  });
});
