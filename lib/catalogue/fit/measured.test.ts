import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { workSeconds } from './finish.ts';
import { gpuRates } from './gpu-rates.ts';
import { bytesOnEach, memoryNeed } from './memory.ts';
import { PRECISIONS, usualWorkload, WORKS, type Workload } from './workload.ts';

const row = z.object({
  ...{ model: z.string(), work: z.enum(WORKS), precision: z.enum(PRECISIONS), how: z.string() },
  ...{ contextTokens: z.number(), batch: z.number() },
  ...{ allocatedBytes: z.number(), reservedBytes: z.number(), contextBytes: z.number() },
  ...{ tokensPerSecond: z.optional(z.number()), stepSeconds: z.optional(z.number()) },
});
const file = z.object({ machine: z.object({ gpu: z.string(), memoryMiB: z.number() }), results: z.array(row) });
type Row = z.infer<typeof row>;

// What `bench/gpu/fit.py` measured on an H200 with PyTorch, transformers and peft.
const measured = file.parse(JSON.parse(readFileSync(new URL('measured-h200.json', import.meta.url), 'utf8')));
const title = (one: Row) =>
  `${one.model}, ${one.work}, ${one.precision}, ${one.contextTokens} × ${one.batch} (${one.how})`;
const workloadOf = (one: Row): Workload => ({
  ...usualWorkload(one.model, one.work),
  ...{ precision: one.precision, contextTokens: one.contextTokens, batch: one.batch },
});
/** transformers with a static cache keeps a mask and repeats the keys of grouped heads: 4.5 GB more than servers take for a long context. */
const keepsNoMask = (one: Row) => one.contextTokens <= 8_192;

describe('what was measured on a GPU', () => {
  it.each(measured.results.filter(keepsNoMask).map((one) => [title(one), one] as const))(
    'fits where the calculator says it fits, which asks for no more than a quarter too much: %s',
    (_, one) => {
      const said = bytesOnEach(memoryNeed(workloadOf(one)), 1);
      expect(said).toBeGreaterThanOrEqual(one.allocatedBytes + one.contextBytes);
      expect(said).toBeLessThanOrEqual(1.25 * (one.allocatedBytes + one.contextBytes));
    },
  );

  it('is within the range of hours that the calculator says, for training steps of 8,192 tokens and more', () => {
    const rates = gpuRates('H200', measured.machine.memoryMiB * 2 ** 20);
    if (rates === null) throw new Error('no rates');
    const trained = measured.results.filter(
      (one) => one.work !== 'inference' && one.contextTokens * one.batch >= 8_192,
    );
    expect(trained.length).toBeGreaterThan(5);
    for (const one of trained) {
      const { fast, slow } = workSeconds({ ...workloadOf(one), tokens: 1 }, rates, 1);
      expect(one.tokensPerSecond, title(one)).toBeGreaterThan(1 / slow);
      expect(one.tokensPerSecond, title(one)).toBeLessThan(1 / fast);
    }
  });

  it('generates within that range where one sequence at a time reads the weights of 8 billion parameters and more', () => {
    const rates = gpuRates('H200', measured.machine.memoryMiB * 2 ** 20);
    if (rates === null) throw new Error('no rates');
    const steps = measured.results.filter((one) => one.contextTokens === 512 && one.batch === 1);
    expect(steps.length).toBeGreaterThan(1);
    for (const one of steps) {
      const { fast, slow } = workSeconds({ ...workloadOf(one), tokens: 1 }, rates, 1);
      expect(one.stepSeconds, title(one)).toBeLessThan(slow);
      expect(one.stepSeconds, title(one)).toBeGreaterThan(fast * 0.98);
    }
  });
});
