import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whereToLook } from './where-to-look.ts';

const models = ['RTX 4090', 'RTX 3060', 'RTX 3060 Ti', 'H100 SXM', 'H100 NVL', 'A100 SXM4'];

describe('one box for a card or a workload', () => {
  it('finds a card however it is written, and how many of it', () => {
    for (const typed of ['4090', 'rtx4090', 'RTX-4090', ' NVIDIA GeForce RTX 4090 ', '4090 gpu'])
      expect(whereToLook(typed, models)).toBe('/gpus?model=RTX+4090');
    expect(whereToLook('2x 4090', models)).toBe('/gpus?model=RTX+4090&gpus=2');
    expect(whereToLook('8 × H100', models)).toBe('/gpus?model=H100+SXM&model=H100+NVL&gpus=8');
    expect(whereToLook('3060', models)).toBe('/gpus?model=RTX+3060&model=RTX+3060+Ti');
  });

  it('leads a workload to what works out its needs, also one that names a card', () => {
    for (const typed of ['fine-tune an 8B model', 'serve llama 70b', 'train on a 4090', '13B', 'whisper large'])
      expect(whereToLook(typed, models)).toBe(`/fit?${new URLSearchParams({ q: typed })}`);
    expect(whereToLook('a card nobody has', models)).toMatch(/^\/fit\?q=a\+card/);
  });

  it('leads nothing to everything, and never off the market whatever is typed', () => {
    expect(whereToLook('  ', models)).toBe('/gpus');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (typed) => {
        expect(new URL(whereToLook(typed, models), 'http://market.test').origin).toBe('http://market.test');
      }),
    );
  });
});
