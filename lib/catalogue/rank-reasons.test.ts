import { expect, it } from 'vitest';
import { finishOf } from './fit/finish.ts';
import { usualWorkload } from './fit/workload.ts';
import type { OfferRow } from './offer.ts';
import { startMsAfter } from './rank-key.ts';
import { rankReasons } from './rank-reasons.ts';
import { EVERYTHING, SORTS } from './search.ts';

const offer: OfferRow = {
  listingId: 'lst_1',
  machineId: 'mch_1',
  machineName: 'box',
  hostName: 'Ada',
  own: false,
  simulated: false,
  gpuModel: 'RTX 4090',
  gpuCount: 2,
  freeGpus: 1,
  vramBytes: 24n * 1_073_741_824n,
  priceMicrosPerGpuHour: 350_000n,
  diskPriceMicrosPerGibMonth: 100_000n,
  minGpus: 1,
  endsAt: null,
  nextFreeAt: null,
  freeUntil: null,
  region: null,
  country: 'DE',
  health: 'online',
  trust: 'selfTested',
  reliabilityBasisPoints: null,
  cpuModel: 'CPU',
  cpuThreads: 8,
  memoryBytes: 1,
  diskFreeBytes: 1,
  networkDownBitsPerSecond: 1_000_000_000,
  startMs: 4_000,
  publishedAt: new Date('2026-11-23T12:00:00Z'),
};

it('says of every order what it goes by, with the offer’s own figures, and the price last', () => {
  const job = usualWorkload('llama-3.1-8b', 'inference');
  const finish = finishOf(job)({
    ...offer,
    vramBytes: Number(offer.vramBytes),
    priceMicrosPerGpuHour: 350_000,
    diskPriceMicrosPerGibMonth: 100_000,
  });
  for (const sort of SORTS) {
    const reasons = rankReasons(offer, { ...EVERYTHING, job, sort }, finish);
    expect(reasons.at(-1)).toEqual({ by: 'Price, the lowest first', value: '$0.35 per GPU-hour' });
    expect(reasons.length).toBeGreaterThan(sort === 'price' ? 0 : 1);
  }
  const shell = rankReasons(offer, { ...EVERYTHING, sort: 'start' }, null);
  // 8 GB at 1 Gbit/s are 64 s, and four more.
  expect(shell.map(({ value }) => value)).toEqual(['about 1.1 min', '1 Gbit/s', '4 s', '$0.35 per GPU-hour']);
  const short = rankReasons(offer, { ...EVERYTHING, job, sort: 'cost' }, finish && { ...finish, gpus: 2 });
  expect(short[1]?.value).toBe('1 of 2 free now');
});

it('keeps a running measure of starts in which the latest weighs three tenths', () => {
  expect(startMsAfter(null, 5_000)).toBe(5_000);
  expect(startMsAfter(10_000, 5_000)).toBe(8_500);
});
