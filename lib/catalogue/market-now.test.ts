import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardEarnings, LEAST_EARNING_GPU_DAYS, type ModelPast, modelKey, modelsOf } from './market-now.ts';
import type { OfferRow } from './offer.ts';

const offer = (change: Partial<OfferRow> = {}): OfferRow => ({
  ...{ listingId: 'lst_1', machineId: 'mch_1', machineName: 'box', hostName: 'host', own: false, simulated: false },
  ...{ gpuModel: 'RTX 4090', gpuCount: 2, freeGpus: 2, vramBytes: 24n, priceMicrosPerGpuHour: 300_000n, minGpus: 1 },
  ...{
    diskPriceMicrosPerGibMonth: 0n,
    endsAt: null,
    nextFreeAt: null,
    freeUntil: null,
    startMs: null,
    region: null,
    country: null,
  },
  ...{ health: 'online', trust: 'selfTested', reliabilityBasisPoints: null, cpuModel: '', cpuThreads: 1 },
  ...{ memoryBytes: 0, diskFreeBytes: 0, networkDownBitsPerSecond: null, publishedAt: new Date(0) },
  ...change,
});
const DAY_SECONDS = 86_400n;
const past = (change: Partial<ModelPast> = {}): ModelPast => ({
  ...{ n: 60, p25Micros: 1n, medianMicros: 2n, p75Micros: 3n },
  ...{ offeredGpuSeconds: 60n * DAY_SECONDS, bookedGpuSeconds: 30n * DAY_SECONDS, bookedMicrosPerGpuHour: 400_000n },
  ...change,
});

describe('the market of this moment', () => {
  it('says the cheapest that can be booked of each model, and never mixes recordings with real machines', () => {
    const models = modelsOf(
      [
        offer({ priceMicrosPerGpuHour: 200_000n, freeGpus: 1, minGpus: 2 }),
        offer({ listingId: 'lst_2', priceMicrosPerGpuHour: 310_000n, health: 'late' }),
        offer({ listingId: 'lst_3', priceMicrosPerGpuHour: 305_000n }),
        offer({ listingId: 'lst_4', priceMicrosPerGpuHour: 1n, trust: 'new' }),
        offer({ listingId: 'lst_5', simulated: true, priceMicrosPerGpuHour: 100_000n }),
        offer({ listingId: 'lst_6', gpuModel: 'A40', freeGpus: 0 }),
      ],
      [],
      new Map([[modelKey({ model: 'A40', simulated: false }), past()]]),
    );
    expect(models.map(({ model, simulated, fromMicros }) => [model, simulated, fromMicros])).toEqual([
      ['A40', false, null],
      ['RTX 4090', false, 305_000n],
      ['RTX 4090', true, 100_000n],
    ]);
    expect(models[1]).toMatchObject({ offers: 2, machinesOnline: 3, gpus: 6, freeGpus: 5, cheapestListingId: 'lst_3' });
    expect(models[0]?.past?.n).toBe(60);
  });
});

describe('what a card earned', () => {
  it('is the booked share of a month at the price that was booked, less the fee', () => {
    // Half of 720 hours at $0.40, less a tenth.
    expect(cardEarnings(past(), 1_000)).toEqual({
      bookedBasisPoints: 5_000,
      bookedMicrosPerGpuHour: 400_000n,
      netMicrosPerMonth: 129_600_000n,
    });
  });

  it('is not said of nothing, of too little, or where nothing was booked', () => {
    const little = BigInt(LEAST_EARNING_GPU_DAYS) * DAY_SECONDS;
    expect(cardEarnings(null, 0)).toBeNull();
    expect(cardEarnings(past({ offeredGpuSeconds: little - 1n }), 0)).toBeNull();
    expect(cardEarnings(past({ offeredGpuSeconds: little }), 0)).not.toBeNull();
    expect(cardEarnings(past({ bookedGpuSeconds: 0n, bookedMicrosPerGpuHour: null }), 0)).toBeNull();
  });

  it('is never more than a whole month at that price', () => {
    const some = fc.record({
      offered: fc.bigInt({ min: 3_000_000n, max: 10_000_000_000n }),
      percent: fc.integer({ min: 0, max: 100 }),
      price: fc.bigInt({ min: 1n, max: 10_000_000n }),
      fee: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(some, ({ offered, percent, price, fee }) => {
        const bookedGpuSeconds = (offered * BigInt(percent)) / 100n;
        const made = past({ offeredGpuSeconds: offered, bookedGpuSeconds, bookedMicrosPerGpuHour: price });
        const net = cardEarnings(made, fee)?.netMicrosPerMonth ?? -1n;
        expect(net >= 0n && net <= price * 720n).toBe(true);
      }),
    );
  });
});
