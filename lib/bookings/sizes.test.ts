import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSizes, typeSizes, usualSizes } from './sizes.ts';

const typed = (some: Partial<Parameters<typeof readSizes>[0]>) => readSizes({ ...usualSizes(1), ...some });

describe('how much somebody wants', () => {
  it('is one GPU, 16 GiB, until it is stopped, when nothing is said', () => {
    expect(typed({})).toEqual({
      sizes: { gpuCount: 1, diskBytes: 16n * 2n ** 30n, durationSeconds: null, capMicros: null, startsAt: null },
    });
    expect(usualSizes(4).gpus).toBe('4');
  });

  it('is read from hours, GiB and dollars', () => {
    expect(typed({ gpus: ' 2 ', disk: '.5', hours: '1.5', cap: '$12.50' })).toEqual({
      sizes: { gpuCount: 2, diskBytes: 2n ** 29n, durationSeconds: 5_400, capMicros: 12_500_000n, startsAt: null },
    });
  });

  it('is read from a day and a time on the clocks of a zone, for a window that lies ahead', () => {
    const berlin = { starts: '2027-07-01T22:00', zone: 'Europe/Berlin', hours: '8' };
    expect(typed(berlin)).toHaveProperty('sizes.startsAt', new Date('2027-07-01T20:00:00Z'));
    expect(typed({ ...berlin, zone: 'nowhere' })).toHaveProperty('sizes.startsAt', new Date('2027-07-01T22:00:00Z'));
    expect(typed({ ...berlin, starts: 'tomorrow' })).toHaveProperty('problems.starts');
    expect(typed({ ...berlin, hours: '' })).toHaveProperty('problems.hours');
  });

  it('says at each field what is wrong', () => {
    const rubbish = { gpus: '1e3', disk: '-1', hours: '<script>', cap: 'a lot' };
    const answer = typed(rubbish);
    expect('problems' in answer && Object.keys(answer.problems)).toEqual(['gpus', 'disk', 'hours', 'cap']);
    expect(typed({ disk: '1,000' })).toHaveProperty('problems.disk');
    expect(typed({ gpus: '' })).toHaveProperty('problems.gpus');
    expect(typed({ hours: '9'.repeat(400) })).toHaveProperty('problems.hours');
  });

  it('never throws, whatever is typed', () => {
    const any = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(any, any, any, any, any, any, (gpus, disk, hours, cap, starts, zone) => {
        readSizes({ gpus, disk, hours, cap, starts, zone });
      }),
    );
  });

  it('reads back what it writes', () => {
    const sizes = {
      gpuCount: 8,
      diskBytes: 3n * 2n ** 29n,
      durationSeconds: 900,
      capMicros: 1_230_000n,
      startsAt: null,
    };
    expect(readSizes(typeSizes(sizes))).toEqual({ sizes });
    const later = { ...sizes, startsAt: new Date('2027-03-28T01:30:00Z') };
    expect(readSizes(typeSizes(later))).toEqual({ sizes: later });
  });
});
