import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countries } from '#lib/catalogue/country.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import { GIB, NOW } from '#tests/support/stalls.ts';
import { someWish } from '#tests/support/standing.ts';
import { deadlineInput, readStandingTyped, type StandingTyped, typeSearch, typeWish } from './standing-typed.ts';
import { gpuWords, placeWords, requestWords, timeWords } from './standing-words.ts';

const typed = (change: Partial<StandingTyped> = {}): StandingTyped => ({
  ...typeSearch(EVERYTHING),
  price: '0.30',
  hours: '8',
  deadline: '2026-11-27T18:00',
  ...change,
});
const read = (change: Partial<StandingTyped> = {}) => {
  const found = readStandingTyped(typed(change));
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found.wish;
};
const wrong = (change: Partial<StandingTyped>) => {
  const found = readStandingTyped(typed(change));
  return 'problems' in found ? Object.keys(found.problems) : [];
};

describe('a wish as it is typed', () => {
  it('is read: an RTX 4090 under $0.30 in Europe or Japan for 8 h, before Friday evening', () => {
    const wish = read({ models: 'RTX 4090, rtx 5090 ', 'in-europe': 'on', countries: 'japan; US' });
    expect(wish).toEqual({
      models: ['RTX 4090', 'rtx 5090'],
      vramGib: null,
      gpuCount: 1,
      diskBytes: 16n * BigInt(GIB),
      regions: ['europe', 'JP', 'US'],
      trust: 'selfTested',
      leastReliabilityBasisPoints: null,
      realOnly: false,
      maxPriceMicrosPerGpuHour: 300_000n,
      durationSeconds: 28_800,
      finishBy: new Date('2026-11-27T18:00:00Z'),
      capMicros: null,
    });
  });

  it('says at each field what cannot be read', () => {
    expect(wrong({ price: 'cheap' })).toEqual(['price']);
    expect(wrong({ price: '' })).toEqual(['price']);
    expect(wrong({ hours: '' })).toEqual(['hours']);
    expect(wrong({ hours: 'eight', gpus: 'x', disk: '-1', cap: '1e9' })).toEqual(['gpus', 'disk', 'hours', 'cap']);
    expect(wrong({ countries: 'Germany, Atlantis' })).toEqual(['countries']);
    expect(wrong({ deadline: 'Friday' })).toEqual(['deadline']);
    expect(wrong({ deadline: '2026-13-01T10:00' })).toEqual(['deadline']);
    expect(wrong({ vram: 'x', reliability: 'y' })).toEqual(['vram', 'reliability']);
  });

  it('is typed again as it was read, whatever it was', () => {
    fc.assert(
      fc.property(someWish, fc.subarray(countries().map(({ code }) => code)), (some, codes) => {
        const wish = { ...some, regions: [...some.regions.filter((word) => word !== 'US'), ...codes] };
        // A field holds hours to four decimals.
        const durationSeconds = Math.round(wish.durationSeconds / 36) * 36;
        const again = readStandingTyped({
          ...typeWish({ ...wish, durationSeconds }),
          deadline: deadlineInput(NOW),
        });
        expect(again).toEqual({ wish: { ...wish, durationSeconds, finishBy: NOW } });
      }),
      { numRuns: 50 },
    );
  });

  it('begins with what a search looked for', () => {
    const ask = {
      ...EVERYTHING,
      models: ['H100 SXM'],
      gpus: 4,
      vramGib: 80,
      countries: ['DE'],
      maxPriceMicrosPerGpuHour: 2_000_000n,
      trust: 'checkedByStaff' as const,
      leastReliabilityBasisPoints: 9_950,
      hideSimulated: true,
    };
    expect(typeSearch(ask)).toMatchObject({
      models: 'H100 SXM',
      gpus: '4',
      vram: '80',
      countries: 'Germany',
      price: '2.00',
      trust: 'checkedByStaff',
      reliability: '99.5',
      realOnly: 'on',
      hours: '',
    });
  });
});

describe('a request in words', () => {
  it('says what is wanted in one line', () => {
    const wish = { models: ['RTX 4090'], vramGib: null, gpuCount: 2, regions: ['europe'], durationSeconds: 28_800 };
    expect(requestWords({ ...wish, maxPriceMicrosPerGpuHour: 300_000n })).toBe(
      '2 × RTX 4090 at $0.30 per GPU-hour or less, in Europe, for 8 h',
    );
    expect(gpuWords({ models: [], vramGib: 24, gpuCount: 1 })).toBe('Any GPU with 24 GiB');
    expect(gpuWords({ models: [], vramGib: null, gpuCount: 4 })).toBe('Any 4 GPUs');
    expect(gpuWords({ models: ['T4', 'L4'], vramGib: null, gpuCount: 1 })).toBe('T4 or L4');
    expect(placeWords([])).toBe('anywhere');
    expect([300, 5_400, 3_600, 28_800, 30_600, 172_800, 180_000].map(timeWords)).toEqual([
      '5 min',
      '90 min',
      '1 h',
      '8 h',
      '8 h 30 min',
      '2 d',
      '2 d 2 h',
    ]);
  });
});
