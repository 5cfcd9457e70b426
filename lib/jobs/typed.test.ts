import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOB_FIELDS, type JobTyped, readTyped } from './typed.ts';

const plain = Object.fromEntries(JOB_FIELDS.map((field) => [field, ''])) as JobTyped;
const typed = (change: Partial<JobTyped>): JobTyped => ({
  ...plain,
  image: 'ubuntu:24.04',
  command: 'true',
  ...change,
});

describe('a job that is typed', () => {
  it('needs no more than an image and a command', () => {
    expect(readTyped(typed({}))).toMatchObject({
      input: {
        image: 'ubuntu:24.04',
        command: ['true'],
        size: 1,
        machines: 1,
        gpuCount: 1,
        runSeconds: 3_600,
        retries: 0,
      },
    });
  });

  it('is read as people write it', () => {
    const read = readTyped(
      typed({
        image: 'other',
        other: 'ghcr.io/a/b:c',
        command: 'python train.py --seed "1 2"',
        environment: 'A=1\nB=x y',
        size: '10,000',
        models: 'RTX 4090, H100 SXM ,',
        regions: 'Europe, north america, us',
        price: '$0.30',
        hours: '1.5',
        disk: '0.5',
        cap: '25',
        deadline: '2027-01-31T18:00',
        artifacts: ' /results ',
      }),
    );
    expect(read).toMatchObject({
      input: {
        image: 'ghcr.io/a/b:c',
        command: ['python', 'train.py', '--seed', '1 2'],
        environment: { A: '1', B: 'x y' },
        size: 10_000,
        models: ['RTX 4090', 'H100 SXM'],
        regions: ['europe', 'northAmerica', 'US'],
        maxPriceMicrosPerGpuHour: 300_000n,
        runSeconds: 5_400,
        diskBytes: 2n ** 29n,
        capMicros: 25_000_000n,
        deadline: new Date('2027-01-31T18:00:00Z'),
        artifactsPath: '/results',
        checkpointPath: null,
      },
    });
  });

  it('says at each field what is wrong, all at once', () => {
    const read = readTyped(
      typed({ command: '', environment: 'nothing', size: 'ten', hours: '1h', price: 'cheap', deadline: 'Friday' }),
    );
    if (!('problems' in read)) throw new Error('nothing was wrong');
    expect(Object.keys(read.problems).sort()).toEqual(['command', 'deadline', 'environment', 'hours', 'price', 'size']);
  });

  it('never throws, whatever is typed', () => {
    const any = fc.record(Object.fromEntries(JOB_FIELDS.map((field) => [field, fc.string()])));
    fc.assert(fc.property(any, (all) => void readTyped(all as JobTyped)));
  });
});
