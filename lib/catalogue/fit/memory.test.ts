import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adapterParams, bytesOnEach, cacheBytesPerToken, gpusNeeded, memoryNeed, weightBytes } from './memory.ts';
import { OPEN_MODELS, openModel } from './open-models.ts';
import { GB, PRECISIONS_OF, usualWorkload, WORKS, type Workload } from './workload.ts';

const GIB = 1_073_741_824;
const shape = (id: string) => {
  const model = openModel(id);
  if (model === undefined) throw new Error(id);
  return model;
};

describe('published numbers', () => {
  it('the cache of Llama 3.1 is what Hugging Face published for 1k, 16k and 128k tokens', () => {
    // https://huggingface.co/blog/llama31: their GB are 2^30 bytes of 1,024 tokens for the short ones, 1,000 for the long.
    // (What it says of 405B is for 16 KV heads, which an early file of that model had; it has 8.)
    expect(1_024 * cacheBytesPerToken(shape('llama-3.1-8b'), 'fp16')).toBe(0.125 * GIB);
    expect((1_024 * cacheBytesPerToken(shape('llama-3.1-70b'), 'fp16')) / GIB).toBeCloseTo(0.313, 2);
    expect((128_000 * cacheBytesPerToken(shape('llama-3.1-70b'), 'fp16')) / GIB).toBeCloseTo(39.06, 2);
  });

  it('the cache of a 13B model without grouped heads is the 800 KB a token of the PagedAttention paper', () => {
    // Kwon et al. 2023, §3: OPT-13B, 2 × 5120 × 40 × 2 bytes. Llama 2 13B has the same layers and heads.
    expect(cacheBytesPerToken(shape('llama-2-13b'), 'fp16')).toBe(800 * 1_024);
  });

  it('weights are those of the files that are downloaded', () => {
    // 16-bit: 16, 140 and 810 GB (https://huggingface.co/blog/llama31).
    expect(weightBytes(shape('llama-3.1-8b'), 'fp16') / GB).toBeCloseTo(16, 0);
    expect(weightBytes(shape('llama-3.1-70b'), 'fp16') / GB).toBeCloseTo(141, 0);
    expect(weightBytes(shape('llama-3.1-405b'), 'fp16') / GB).toBeCloseTo(811.7, 1);
    // 4-bit with 16-bit embeddings: hugging-quants' AWQ files are 5.7 and 39.8 GB.
    expect(weightBytes(shape('llama-3.1-8b'), 'int4') / GB).toBeCloseTo(5.7, 0);
    expect(Math.abs(weightBytes(shape('llama-3.1-70b'), 'int4') / GB - 39.8)).toBeLessThan(0.5);
  });

  it('adapters of rank 16 on every linear layer of an 8B model have 41,943,040 parameters', () => {
    // What peft's print_trainable_parameters says for Llama 3 8B and Mistral 7B with these targets.
    expect(adapterParams(shape('llama-3.1-8b'))).toBe(41_943_040);
    expect(adapterParams(shape('mistral-7b'))).toBe(41_943_040);
  });

  it('full training with Adam takes 16 bytes a parameter before activations, as in the ZeRO paper', () => {
    const { parts } = memoryNeed(usualWorkload('qwen3-4b', 'full'));
    expect(parts.weights + parts.training).toBe(16 * shape('qwen3-4b').params);
  });

  it('QLoRA of a 65B-class model goes onto one card of 48 GB, as the paper says, and not onto one of 24 GB', () => {
    // Dettmers et al. 2023: 65B on 48 GB, short sequences, one at a time.
    const need = memoryNeed({ ...usualWorkload('llama-3.1-70b', 'qlora'), contextTokens: 512, batch: 1 });
    expect(gpusNeeded(need, 48 * GIB)).toBe(1);
    expect(gpusNeeded(need, 24 * GIB)).toBe(2);
  });
});

const workload: fc.Arbitrary<Workload> = fc
  .record({
    model: fc.constantFrom(...OPEN_MODELS),
    work: fc.constantFrom(...WORKS),
    contextTokens: fc.integer({ min: 1, max: 131_072 }),
    batch: fc.integer({ min: 1, max: 64 }),
    choice: fc.nat(3),
  })
  .map(({ model, work, contextTokens, batch, choice }) => ({
    ...usualWorkload(model.id, work),
    precision: PRECISIONS_OF[work][choice % PRECISIONS_OF[work].length] ?? PRECISIONS_OF[work][0],
    contextTokens,
    batch,
  }));

describe('what a workload needs', () => {
  it('is never less for a longer context, a larger batch, more parameters or more layers', () => {
    fc.assert(
      fc.property(workload, fc.integer({ min: 1, max: 5 }), (one, more) => {
        const need = memoryNeed(one).splitBytes;
        const bigger = (change: Partial<Workload>) => memoryNeed({ ...one, ...change }).splitBytes;
        expect(bigger({ contextTokens: one.contextTokens + more })).toBeGreaterThanOrEqual(need);
        expect(bigger({ batch: one.batch + more })).toBeGreaterThan(need);
        expect(bigger({ shape: { ...one.shape, params: one.shape.params * (1 + more) } })).toBeGreaterThan(need);
        expect(bigger({ shape: { ...one.shape, layers: one.shape.layers + more } })).toBeGreaterThanOrEqual(need);
      }),
    );
  });

  it('is parts that are never negative and add up, less for fewer bits, and most for full training', () => {
    fc.assert(
      fc.property(workload, (one) => {
        const { parts, splitBytes } = memoryNeed(one);
        for (const part of Object.values(parts)) expect(part).toBeGreaterThanOrEqual(0);
        const sum = parts.weights + parts.cache + parts.training + parts.activations;
        expect(splitBytes / sum).toBeCloseTo(1.08, 9);
        const bits = (['int4', 'int8', 'fp16', 'fp32'] as const).map((precision) => weightBytes(one.shape, precision));
        expect(bits).toEqual([...bits].sort((a, b) => a - b));
        const of = (work: Workload['work']) =>
          memoryNeed({ ...one, work, precision: PRECISIONS_OF[work][0] }).splitBytes;
        expect(of('full')).toBeGreaterThan(of('lora'));
        expect(of('lora')).toBeGreaterThan(of('qlora'));
      }),
    );
  });

  it('goes onto the GPUs that it names and onto no fewer of them', () => {
    fc.assert(
      fc.property(workload, fc.integer({ min: 4, max: 192 }), (one, gib) => {
        const need = memoryNeed(one);
        const gpus = gpusNeeded(need, gib * GIB);
        if (gpus === null) {
          expect(bytesOnEach(need, 64)).toBeGreaterThan(gib * GIB);
          return;
        }
        expect(bytesOnEach(need, gpus)).toBeLessThanOrEqual(gib * GIB);
        if (gpus > 1) expect(bytesOnEach(need, gpus / 2)).toBeGreaterThan(gib * GIB);
      }),
    );
  });
});
