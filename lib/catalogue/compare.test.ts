import { describe, expect, it } from 'vitest';
import { type ComparedOffer, compareRows } from './compare.ts';
import { finishOf } from './fit/finish.ts';
import { usualWorkload } from './fit/workload.ts';

const GIB = 1_073_741_824;
const one: ComparedOffer = {
  gpuModel: 'RTX 4090',
  gpuCount: 2,
  freeGpus: 2,
  vramBytes: 24 * GIB,
  minGpus: 1,
  priceMicrosPerGpuHour: 350_000n,
  diskPriceMicrosPerGibMonth: 100_000n,
  priceWord: 'typical',
  freeUntil: null,
  region: null,
  country: 'DE',
  trust: 'selfTested',
  reliabilityBasisPoints: 9_950,
  simulated: false,
  cpuModel: 'CPU',
  cpuThreads: 16,
  memoryBytes: 64 * GIB,
  diskFreeBytes: 800 * GIB,
  diskWriteBytesPerSecond: 1e9,
  networkDownBitsPerSecond: 9e8,
  networkUpBitsPerSecond: 5e8,
  pcie: 'PCIe 4.0 × 16',
  cudaVersion: '12.6',
  startMs: 4_000,
  finish: undefined,
};
const row = (rows: ReturnType<typeof compareRows>, label: string) => rows.find((found) => found.label === label);

describe('a comparison', () => {
  it('puts what differs first and marks the best of each row: the cheapest, the most memory, the latest end', () => {
    const other: ComparedOffer = {
      ...one,
      priceMicrosPerGpuHour: 300_000n,
      vramBytes: 48 * GIB,
      freeUntil: new Date('2026-12-01T00:00:00Z'),
      networkDownBitsPerSecond: null,
    };
    const rows = compareRows([one, other]);
    const firstAlike = rows.findIndex(({ differs }) => !differs);
    expect(rows.slice(firstAlike).every(({ differs }) => !differs)).toBe(true);
    expect(rows.slice(0, firstAlike).map(({ label }) => label)).toEqual([
      'Price per GPU-hour',
      'Free until',
      'Memory each',
      'Download',
    ]);
    expect(row(rows, 'Price per GPU-hour')).toMatchObject({ values: ['$0.35', '$0.30'], best: [false, true] });
    expect(row(rows, 'Memory each')?.best).toEqual([false, true]);
    expect(row(rows, 'Free until')).toMatchObject({
      values: ['open-ended', '1 Dec 2026, 00:00 UTC'],
      best: [true, false],
    });
    expect(row(rows, 'Download')).toMatchObject({ values: ['900 Mbit/s', 'not measured'], best: [true, false] });
  });

  it('marks nothing as best where all are alike, and both where two are', () => {
    expect(compareRows([one, one]).flatMap(({ best }) => best)).not.toContain(true);
    const dear = { ...one, priceMicrosPerGpuHour: 900_000n };
    expect(row(compareRows([one, dear, one]), 'Price per GPU-hour')?.best).toEqual([true, false, true]);
    // A card or a processor is no better than another by its name.
    expect(row(compareRows([one, { ...one, gpuModel: 'A40' }]), 'GPU')).toMatchObject({
      differs: true,
      best: [false, false],
    });
  });

  it('begins with the job where there is one: whether it fits, what it costs and how long it takes', () => {
    const job = finishOf(usualWorkload('llama-3.1-8b', 'inference'));
    const priced = { ...one, priceMicrosPerGpuHour: 350_000, diskPriceMicrosPerGibMonth: 100_000 };
    const rows = compareRows([
      { ...one, finish: job(priced) },
      { ...one, vramBytes: GIB, finish: job({ ...priced, vramBytes: GIB }) },
    ]);
    expect(rows.slice(0, 3).map(({ label }) => label)).toEqual(['Fits my job', 'Cost for my job', 'Time for my job']);
    expect(rows[0]).toMatchObject({ values: ['on 1 GPU', 'no'], best: [true, false] });
    expect(rows[1]?.values[1]).toBe('does not fit');
    expect(rows[1]?.best).toEqual([true, false]);
  });
});
