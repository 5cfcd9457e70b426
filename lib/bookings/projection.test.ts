import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { projectionOf } from './projection.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const cost = {
  chargedMicros: 900_000n,
  estimatedMicros: 1_000_000n,
  feeMicros: 0n,
  refundedMicros: 0n,
  heldMicros: 5_000_000n,
  microsPerHour: 3_600_000n,
  runwaySeconds: 7_200,
  lastsToEnd: true,
};
const running = {
  billable: 'gpuAndDisk',
  desired: 'running',
  endsAt: addSeconds(NOW, 3_600),
  diskUntil: null,
  endedAt: null,
  cost,
} as const;

describe('where a rental is going', () => {
  it('is to the end of its time, at its price', () => {
    expect(projectionOf(running, NOW)).toEqual({ at: running.endsAt, by: 'time', totalMicros: 4_600_000n });
  });

  it('is to the end of its money, when that comes first', () => {
    const short = { ...running, cost: { ...cost, runwaySeconds: 600, lastsToEnd: false } };
    expect(projectionOf(short, NOW)).toEqual({ at: addSeconds(NOW, 600), by: 'money', totalMicros: 1_600_000n });
  });

  it('is to the end of the kept disk, once it is stopped', () => {
    const stopped = { ...running, billable: 'disk', desired: 'stopped', diskUntil: addSeconds(NOW, 60) } as const;
    const slow = { ...stopped, cost: { ...cost, microsPerHour: 60_000n } };
    expect(projectionOf(slow, NOW)).toEqual({ at: stopped.diskUntil, by: 'disk', totalMicros: 1_001_000n });
  });

  it('is nowhere while nothing is billed, and after the end', () => {
    expect(projectionOf({ ...running, billable: 'nothing' }, NOW)).toBeNull();
    expect(projectionOf({ ...running, endedAt: NOW }, NOW)).toBeNull();
  });

  it('never costs less than it did, and never ends after what ends it', () => {
    const seconds = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(seconds, fc.option(seconds), fc.bigInt({ min: 0n, max: 10n ** 12n }), (left, runway, rate) => {
        const endsAt = addSeconds(NOW, left);
        const own = { ...cost, microsPerHour: rate, runwaySeconds: runway, lastsToEnd: (runway ?? 0) >= left };
        const projected = projectionOf({ ...running, endsAt, cost: own }, NOW);
        expect(projected?.totalMicros).toBeGreaterThanOrEqual(cost.estimatedMicros);
        expect(projected?.at.getTime()).toBeLessThanOrEqual(endsAt.getTime());
      }),
    );
  });
});
