import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPEN_MODELS } from './open-models.ts';
import { readSentence } from './sentence.ts';
import { GB, PRECISIONS, usualWorkload, WORKS, workloadLabel } from './workload.ts';
import { fitHref, readAmount, readWorkload, readWorkloadWord, workloadWord } from './workload-url.ts';

describe('a sentence', () => {
  it.each([
    ['fine-tune an 8B model', { model: 'llama-3.1-8b', work: 'lora' }],
    ['QLoRA of Llama 3.1 70B on 20 million tokens', { model: 'llama-3.1-70b', work: 'qlora', tokens: '20' }],
    [
      'Serve qwen2.5-32b in 4-bit for 16 users, 32k context',
      { model: 'qwen2.5-32b', work: 'inference', precision: 'int4', batch: '16', context: '32768' },
    ],
    ['train a 1.5B model from scratch on 30B tokens', { model: 'own', params: '1.5', work: 'full', tokens: '30000' }],
    [
      'run mistral 7b bf16 with context of 4,096',
      { model: 'mistral-7b', work: 'inference', precision: 'fp16', context: '4096' },
    ],
    ['pretrain 350M parameters batch size 64', { model: 'own', params: '0.35', work: 'full', batch: '64' }],
    ['chat with llama 3.2 3b, 50 GB of data', { model: 'llama-3.2-3b', work: 'inference', data: '50' }],
    ['something else entirely', {}],
    ['', {}],
  ])('“%s” is read by the rules', (sentence, fields) => {
    const read = readSentence(sentence);
    expect(read.fields).toEqual(fields);
    expect(read.understood.length).toBe(Object.keys(fields).length - ('params' in fields ? 1 : 0));
    for (const { words } of read.understood) expect(sentence.toLowerCase()).toContain(words);
  });

  it('finds every model of the table by its name, and never breaks', () => {
    for (const { id } of OPEN_MODELS) {
      expect(readSentence(`serve ${id}`).fields.model).toBe(id);
      expect(readSentence(`train ${id.replaceAll('-', ' ')} now`).fields.model).toBe(id);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        const { fields } = readSentence(text);
        expect(readWorkload(fields).batch).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the address of a workload', () => {
  const workload = fc
    .record({
      model: fc.constantFrom(...OPEN_MODELS),
      work: fc.constantFrom(...WORKS),
      contextTokens: fc.integer({ min: 1, max: 1_000_000 }),
      batch: fc.integer({ min: 1, max: 1_000 }),
      tokens: fc.integer({ min: 1, max: 1e9 }).map((thousands) => thousands * 1_000),
      own: fc.boolean(),
    })
    .map(({ model, own, work, ...sizes }) => {
      const usual = usualWorkload(model.id, work);
      const { params, layers, hidden, kvHeads, headDim } = usual.shape;
      return own
        ? readWorkload({
            ...{ model: 'own', work, params: String(params / 1e9), layers: String(layers) },
            ...{ hidden: String(hidden), kvHeads: String(kvHeads), headDim: String(headDim) },
          })
        : { ...usual, ...sizes };
    });

  it('reads back, as fields and as one word', () => {
    fc.assert(
      fc.property(workload, (one) => {
        const again = readWorkload(Object.fromEntries(new URL(fitHref(one), 'http://x').searchParams));
        expect(workloadWord(again)).toBe(workloadWord(one));
        expect(readWorkloadWord(workloadWord(one))).toEqual(again);
        expect(encodeURIComponent(workloadWord(one))).toBe(workloadWord(one));
        expect(workloadLabel(again)).toBe(workloadLabel(one));
      }),
    );
  });

  it('makes something usual of nonsense', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('model', 'work', 'context', 'batch', 'params', 'data'), fc.string()),
        (bad) => {
          const read = readWorkload(bad);
          expect(PRECISIONS).toContain(read.precision);
          expect(read.shape.params).toBeGreaterThan(0);
          expect(Number.isFinite(read.dataBytes)).toBe(true);
        },
      ),
    );
    expect(readWorkloadWord('nothing')).toBeNull();
    expect(readWorkloadWord('llama-3.1-8b_qlora_int4_-5_4_10_8_17.1')).toBeNull();
    expect(readWorkload({ model: 'llama-3.1-8b', image: '2.5' }).imageBytes).toBe(2.5 * GB);
    expect(['8k', '1,000', '1.5M', '2 b', 'x', '-1'].map(readAmount)).toEqual([
      8e3,
      1e3,
      1.5e6,
      2e9,
      undefined,
      undefined,
    ]);
  });
});
