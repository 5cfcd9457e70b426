import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { GIB, NOW } from '#tests/support/stalls.ts';
import { offer, someOffers, someWish, WISH } from '#tests/support/standing.ts';
import { type ServedWish, type ServingMisfit, standingReport, termsOn, whyNotServe } from './standing-fit.ts';
import { wholeCost } from './standing-request.ts';

const wish = (change: Partial<ServedWish> = {}): ServedWish => ({ ...WISH, blockedHostIds: [], ...change });
const why = (theirs: Parameters<typeof offer>[1], mine: Partial<ServedWish> = {}) =>
  whyNotServe(offer('a', theirs), wish(mine), NOW);

describe('an offer serves a request', () => {
  it('when it is all that was asked for, and says the first thing that it is not', () => {
    expect(why({})).toBeNull();
    const cases: [ServingMisfit, Parameters<typeof offer>[1], Partial<ServedWish>][] = [
      ['model', { gpuModel: 'H100 SXM' }, {}],
      ['vram', { vramBytes: 20 * GIB }, { vramGib: 24 }],
      ['region', { country: 'US' }, { regions: ['europe'] }],
      ['region', { country: null }, { regions: ['europe'] }],
      ['trust', { trust: 'new' }, {}],
      ['price', { priceMicrosPerGpuHour: 4_000_001n }, {}],
      ['hostBlocked', {}, { blockedHostIds: ['usr_a'] }],
      ['tooShort', { endsAt: addSeconds(NOW, 7_200) }, {}],
      ['fewerThanRentedTogether', { minGpus: 2 }, {}],
      ['tooFewGpus', { gpuCount: 1, freeGpus: 1 }, { gpuCount: 2 }],
      ['tooLittleDisk', { diskFreeBytes: GIB - 1 }, {}],
      ['gpusTaken', { freeGpus: 0 }, {}],
      ['simulated', { simulated: true }, { realOnly: true }],
      ['reliability', { reliabilityBasisPoints: 9_499 }, { leastReliabilityBasisPoints: 9_500 }],
      ['reliability', { reliabilityBasisPoints: null }, { leastReliabilityBasisPoints: 0 }],
      ['cap', { diskPriceMicrosPerGibMonth: 10_000_000n }, { capMicros: 7_300_000n }],
    ];
    for (const [misfit, theirs, mine] of cases) expect([misfit, why(theirs, mine)]).toEqual([misfit, misfit]);
  });

  it('up to the last instant, the last cent and the last GPU', () => {
    expect(why({ endsAt: addSeconds(NOW, 7_201) })).toBeNull();
    expect(why({ priceMicrosPerGpuHour: 4_000_000n })).toBeNull();
    expect(why({ gpuCount: 8, freeGpus: 1 })).toBeNull();
    expect(why({ reliabilityBasisPoints: 9_500 }, { leastReliabilityBasisPoints: 9_500 })).toBeNull();
    expect(why({ country: 'GB' }, { regions: ['europe', 'US'] })).toBeNull();
    // A card sold with 24 GB reports a little less.
    expect(why({ vramBytes: 24 * GIB - 12_000_000 }, { vramGib: 24 })).toBeNull();
    const exactly = wholeCost(termsOn(offer('a'), WISH, 0), WISH.durationSeconds);
    expect(why({}, { capMicros: exactly })).toBeNull();
    expect(why({}, { capMicros: exactly - 1n })).toBe('cap');
  });
});

describe('how a request stands in the market', () => {
  it('counts every offer once: it serves, is taken, or is out for a reason', () => {
    fc.assert(
      fc.property(someOffers, someWish, (offers, asked) => {
        const mine = wish(asked);
        const report = standingReport(offers, 'usr_00', mine, NOW);
        const out = report.misfits.reduce((sum, { offers: count }) => sum + count, 0);
        expect(report.offered).toBe(offers.filter(({ hostId }) => hostId !== 'usr_00').length);
        expect(report.fitting.length + out).toBe(report.offered);
        expect(report.taken).toBeLessThanOrEqual(out);
        for (const one of report.fitting) {
          expect(one.hostId).not.toBe('usr_00');
          expect(one.priceMicrosPerGpuHour).toBeLessThanOrEqual(mine.maxPriceMicrosPerGpuHour);
          expect(one.freeGpus).toBeGreaterThanOrEqual(mine.gpuCount);
          expect(one.endsAt === null || one.endsAt > addSeconds(NOW, mine.durationSeconds)).toBe(true);
          expect(wholeCost(termsOn(one, mine, 0), mine.durationSeconds)).toBeLessThanOrEqual(mine.capMicros);
        }
        const prices = report.fitting.map((one) => one.priceMicrosPerGpuHour);
        expect(prices).toEqual(prices.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
        // The order in which offers were read changes nothing.
        expect(standingReport(offers.toReversed(), 'usr_00', mine, NOW)).toEqual(report);
      }),
    );
  });

  it('names what comes nearest exactly when nothing could serve it, each with all that it lacks', () => {
    fc.assert(
      fc.property(someOffers, someWish, (offers, asked) => {
        const report = standingReport(offers, 'nobody', wish(asked), NOW);
        const hopeless = report.fitting.length === 0 && report.taken === 0;
        expect(report.nearest.length).toBe(hopeless ? Math.min(3, offers.length) : 0);
        for (const { offer: near, lacks } of report.nearest) {
          expect(lacks.length).toBeGreaterThan(0);
          expect(lacks).toContain(whyNotServe(near, wish(asked), NOW));
        }
      }),
    );
    const two = standingReport(
      [
        offer('a', { gpuModel: 'T4', priceMicrosPerGpuHour: 9_000_000n }),
        offer('b', { priceMicrosPerGpuHour: 4_500_000n }),
      ],
      'nobody',
      wish(),
      NOW,
    );
    expect(two.nearest.map(({ offer: near, lacks }) => [near.machineName, lacks])).toEqual([
      ['b', ['price']],
      ['a', ['model', 'price']],
    ]);
    const dear = standingReport(
      [offer('a', { gpuModel: 'T4', priceMicrosPerGpuHour: 1n }), offer('b', { priceMicrosPerGpuHour: 4_500_000n })],
      'nobody',
      wish(),
      NOW,
    );
    expect(dear.nearest.map(({ offer: near }) => near.machineName)).toEqual(['b', 'a']);
  });
});
