import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { type BlockedRental, blockOutlook } from './block-outlook.ts';
import { whyNotShorten } from './in-the-way.ts';

const now = new Date('2026-11-27T12:00:00Z');
const inHours = (hours: number) => addSeconds(now, hours * 3_600);
const terms = {
  priceMicrosPerGpuHour: 1_000_000n,
  diskPriceMicrosPerGibMonth: 0n,
  feeBasisPoints: 1_000,
  gpuCount: 2,
  gpuModel: 'RTX 4090',
  diskBytes: 0n,
  limits: { cpuMillis: 1, memoryBytes: 1n, pids: 1 },
  maintenanceNoticeSeconds: 24 * 3_600,
};
const rental = (change: Partial<BlockedRental> = {}): BlockedRental => ({
  id: 'bkg_1',
  kind: 'onDemand',
  name: 'train',
  renterName: 'Ada',
  terms,
  startsAt: inHours(-5),
  endsAt: inHours(30),
  ...change,
});
const block = (from: number, to: number) => ({
  kind: 'maintenance' as const,
  startsAt: inHours(from),
  endsAt: inHours(to),
});

describe('what maintenance would do', () => {
  it('ends what was told in time, and says what of it its host does not earn', () => {
    const outlook = blockOutlook([rental()], block(25, 40), 60, now);
    expect(outlook.keeps).toEqual([]);
    // Five hours of two GPUs at $1, less a tenth: the rental would have ended before the maintenance does.
    expect(outlook.lostMicros).toBe(9_000_000n);
    expect(blockOutlook([rental()], block(25, 27), 60, now).lostMicros).toBe(3_600_000n);
  });

  it('says when it could begin, where only notice is lacking', () => {
    const tooSoon = blockOutlook([rental(), rental({ id: 'bkg_2' })], block(10, 12), 60, now);
    expect(tooSoon).toMatchObject({ ends: [], possibleFrom: inHours(24) });
    expect(tooSoon.keeps.map(({ why }) => why)).toEqual(Array(2).fill('Its terms ask for 1 day of notice.'));
    const reserved = rental({ kind: 'reserved' });
    expect(blockOutlook([rental(), reserved], block(10, 12), 60, now).possibleFrom).toBeNull();
    const { maintenanceNoticeSeconds: _, ...old } = terms;
    expect(blockOutlook([rental({ terms: old })], block(10, 12), 60, now).possibleFrom).toBeNull();
  });

  it('agrees with what setting the block asks, rental by rental, and loses nothing of what it keeps', () => {
    const some = fc.record({
      kind: fc.constantFrom('onDemand' as const, 'reserved' as const, 'interruptible' as const),
      from: fc.integer({ min: -20, max: 20 }),
      length: fc.integer({ min: 1, max: 60 }),
      notice: fc.option(fc.integer({ min: 0, max: 48 })),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), fc.integer({ min: 0, max: 40 }), (wanted, from) => {
        const rentals = wanted.map(({ kind, from: begin, length, notice }, index) => {
          const { maintenanceNoticeSeconds: _, ...bare } = terms;
          const its = notice === null ? bare : { ...bare, maintenanceNoticeSeconds: notice * 3_600 };
          return rental({
            id: `bkg_${index}`,
            kind,
            terms: its,
            startsAt: inHours(begin),
            endsAt: inHours(begin + length),
          });
        });
        const asked = block(from, from + 3);
        const outlook = blockOutlook(rentals, asked, 60, now);
        expect(outlook.ends.length + outlook.keeps.length).toBe(rentals.length);
        for (const one of outlook.ends) expect(whyNotShorten(one, asked, 60, now)).toBeNull();
        for (const one of outlook.keeps) expect(whyNotShorten(one, asked, 60, now)).toBe(one.why);
        if (outlook.possibleFrom !== null) {
          const later = { ...asked, startsAt: outlook.possibleFrom };
          expect(blockOutlook(rentals, later, 60, now).keeps.filter(({ kind }) => kind === 'onDemand')).toEqual([]);
        }
      }),
    );
  });
});
