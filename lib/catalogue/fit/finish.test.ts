import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costKey, type FinishOffer, finishOf, totalSeconds, workSeconds } from './finish.ts';
import { gpuRates } from './gpu-rates.ts';
import { OPEN_MODELS } from './open-models.ts';
import { GB, usualWorkload, WORKS } from './workload.ts';

const GIB = 1_073_741_824;
const HOUR = 3_600;
const offer: FinishOffer = {
  gpuModel: 'A100 SXM4',
  vramBytes: 80 * GIB,
  minGpus: 1,
  priceMicrosPerGpuHour: 1_000_000,
  diskPriceMicrosPerGibMonth: 0,
  networkDownBitsPerSecond: 1_000_000_000,
};
const a100 = gpuRates('A100 SXM4', 80 * GIB);
if (a100 === null) throw new Error('an A100 is known');

describe('worked examples', () => {
  it('Llama 2 7B took 184,320 GPU-hours of A100 for 2 T tokens: within the range of 6ND', () => {
    // Touvron et al. 2023 (Llama 2), table 2. 6 × 6.74e9 × 2e12 ÷ (312e12 × 30–45 %).
    const one = { ...usualWorkload('llama-2-7b', 'full'), tokens: 2e12 };
    const { fast, slow } = workSeconds(one, a100, 1);
    expect(fast / HOUR).toBeLessThan(184_320);
    expect(slow / HOUR).toBeGreaterThan(184_320);
    expect(fast / HOUR).toBeCloseTo((6 * 6_738_415_616 * 2e12) / (312e12 * 0.45) / HOUR, 0);
  });

  it('one sequence of a 7B model on an A100 runs at 40 to 140 tokens a second: bandwidth ÷ weights', () => {
    // 2,039 GB/s ÷ 13.5 GB is 151 a second at the very most.
    const one = { ...usualWorkload('llama-2-7b', 'inference'), contextTokens: 512 };
    const { fast, slow } = workSeconds(one, a100, 1);
    expect(one.tokens / fast).toBeLessThan(151);
    expect(one.tokens / fast).toBeGreaterThan(100);
    expect(one.tokens / slow).toBeGreaterThan(40);
  });

  it('a download is bytes × 8 ÷ link, the image before and the data after the billing begins', () => {
    const one = { ...usualWorkload('llama-3.1-8b', 'qlora'), imageBytes: 8 * GB, dataBytes: 17 * GB };
    const finish = finishOf(one)(offer);
    expect(finish).toMatchObject({ gpus: 1, pullSeconds: 64, downloadSeconds: 136, linkMeasured: true });
    const { work, costMicros } = finish ?? {};
    // A dollar an hour: the download and the work, not the pull.
    expect(costMicros?.fast).toBe(Math.round((1e6 * (136 + (work?.fast ?? 0))) / HOUR));
    expect(finish && totalSeconds(finish)?.slow).toBeCloseTo(64 + 136 + (work?.slow ?? 0), 6);
  });
});

const job = fc
  .record({
    model: fc.constantFrom(...OPEN_MODELS),
    work: fc.constantFrom(...WORKS),
    tokens: fc.integer({ min: 1_000, max: 1e9 }),
    batch: fc.integer({ min: 1, max: 32 }),
  })
  .map(({ model, work, tokens, batch }) => ({ ...usualWorkload(model.id, work), tokens, batch }));
const offers = fc.record({
  gpuModel: fc.constantFrom('RTX 4090', 'H100 SXM', 'RTX 3060', 'A40'),
  vramBytes: fc.constantFrom(12 * GIB, 24 * GIB, 80 * GIB),
  minGpus: fc.integer({ min: 1, max: 8 }),
  priceMicrosPerGpuHour: fc.integer({ min: 1, max: 10_000_000 }),
  diskPriceMicrosPerGibMonth: fc.integer({ min: 0, max: 1_000_000 }),
  networkDownBitsPerSecond: fc.option(fc.integer({ min: 1_000_000, max: 10_000_000_000 })),
});

describe('an estimate', () => {
  it('is a range the right way round, dearer for more tokens and a higher price, and never for fewer GPUs than a host rents', () => {
    fc.assert(
      fc.property(job, offers, (one, at) => {
        const finish = finishOf(one)(at);
        if (finish === null) return;
        const { work, costMicros } = finish;
        if (work === null || costMicros === null) throw new Error('these cards are known');
        expect(finish.gpus).toBeGreaterThanOrEqual(at.minGpus);
        expect(work.fast).toBeLessThanOrEqual(work.slow);
        expect(costMicros.fast).toBeLessThanOrEqual(costMicros.slow);
        const more = finishOf({ ...one, tokens: one.tokens * 2 })(at);
        expect(more?.work?.fast).toBeCloseTo(work.fast * 2, 3);
        expect(costKey(more)).toBeGreaterThanOrEqual(costKey(finish));
        const dearer = finishOf(one)({ ...at, priceMicrosPerGpuHour: at.priceMicrosPerGpuHour * 2 });
        expect(costKey(dearer)).toBeGreaterThanOrEqual(costKey(finish));
      }),
    );
  });

  it('says nothing of a card that nobody looked up, and puts it last; what does not fit has none at all', () => {
    const one = usualWorkload('llama-3.1-8b', 'qlora');
    const unknown = finishOf(one)({ ...offer, gpuModel: 'Card of Mine' });
    expect(unknown).toMatchObject({ gpus: 1, work: null, costMicros: null, tokensPerSecond: null });
    expect(costKey(unknown)).toBe(Number.POSITIVE_INFINITY);
    expect(finishOf(usualWorkload('llama-3.1-405b', 'full'))({ ...offer, vramBytes: 12 * GIB })).toBeNull();
    expect(finishOf(one)({ ...offer, networkDownBitsPerSecond: null })).toMatchObject({ linkMeasured: false });
  });
});
