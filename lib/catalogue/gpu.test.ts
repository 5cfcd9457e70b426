import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpuLabel, gpuModel, vramFloorBytes } from './gpu.ts';

const MIB = 1_048_576n;

describe('a GPU', () => {
  it.each([
    ['NVIDIA GeForce RTX 4090', 'RTX 4090'],
    ['NVIDIA GeForce GTX 1070 Ti', 'GTX 1070 Ti'],
    ['GeForce GTX 1660 Ti', 'GTX 1660 Ti'],
    ['NVIDIA A100-SXM4-40GB', 'A100 SXM4'],
    ['NVIDIA A100 80GB PCIe', 'A100 PCIE'],
    ['NVIDIA H100 80GB HBM3', 'H100 SXM'],
    ['NVIDIA H100 NVL', 'H100 NVL'],
    ['NVIDIA RTX 6000 Ada Generation', 'RTX 6000 Ada'],
    ['NVIDIA RTX 4000 SFF Ada Generation', 'RTX 4000 SFF Ada'],
    ['NVIDIA GeForce RTX 4070 Ti SUPER', 'RTX 4070S Ti'],
    ['NVIDIA A10G', 'A10G'],
    ['Tesla T4', 'Tesla T4'],
    ['Tesla V100-SXM2-16GB', 'Tesla V100'],
    ['Orin (nvgpu)', 'Orin (nvgpu)'],
    ['32GB', '32GB'],
  ])('that its driver calls %s is called %s', (driver, people) => {
    expect(gpuModel(driver)).toBe(people);
    expect(gpuModel(people)).toBe(people);
  });

  it('keeps its name when named again', () => {
    const words = fc.array(
      fc.constantFrom('NVIDIA', 'RTX', 'A100', '80GB', 'PCIe', 'Ti', 'Generation', 'SXM4', '-', 'x'),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(words, (parts) => {
        const once = gpuModel(parts.join(' '));
        expect(gpuModel(once)).toBe(once);
        expect(once).not.toBe('');
      }),
      {
        numRuns: 2_000,
        examples: [[['NVIDIA', 'NVIDIA', 'NVIDIA', 'NVIDIA']], [['-', '-']], [['NVIDIA', '-', 'NVIDIA', 'A100']]],
      },
    );
  });

  it('sold with 24 GB counts as 24 GiB although its driver reports a little less', () => {
    expect(24_564n * MIB).toBeGreaterThanOrEqual(vramFloorBytes(24));
    expect(16_380n * MIB).toBeLessThan(vramFloorBytes(24));
  });

  it('is counted in words', () => {
    expect(gpuLabel(1, 'RTX 4090')).toBe('RTX 4090');
    expect(gpuLabel(8, 'H200')).toBe('8 × H200');
  });
});
