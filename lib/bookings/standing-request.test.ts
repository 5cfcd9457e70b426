import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds, DAY } from '#lib/base/time.ts';
import { NOW } from '#tests/support/stalls.ts';
import { offer, WISH } from '#tests/support/standing.ts';
import { termsOn, whyNotServe } from './standing-fit.ts';
import {
  LONGEST_WAIT_DAYS,
  MOST_TOLD,
  MOST_TRIES,
  newsOf,
  nextTry,
  requestActions,
  STANDING_MODES,
  STANDING_STATES,
  standingProblems,
  startByOf,
  USUAL_DISK_PRICE_MICROS_PER_GIB_MONTH,
  usualCap,
  wholeCost,
  whyNotAnswerRequest,
  whyNotCancelRequest,
  whyNotOpen,
  whyNotResume,
} from './standing-request.ts';

const TOMORROW = addSeconds(NOW, 86_400);
const wrong = (change: object, finishBy = TOMORROW) => standingProblems({ ...WISH, ...change }, finishBy, NOW);

describe('a request that cannot be', () => {
  it('is told so, field by field', () => {
    expect(wrong({})).toEqual({});
    expect(wrong({ capMicros: null })).toEqual({});
    expect(wrong({ maxPriceMicrosPerGpuHour: 0n })).toEqual({ maxPriceMicrosPerGpuHour: 'A price is more than $0.' });
    expect(wrong({ maxPriceMicrosPerGpuHour: 10n ** 15n })).toHaveProperty('maxPriceMicrosPerGpuHour');
    expect(wrong({ capMicros: 0n })).toHaveProperty('capMicros');
    expect(wrong({ capMicros: 10n ** 13n })).toHaveProperty('capMicros');
    for (const gpuCount of [0, -1, 65, 1.5, Number.NaN]) expect(wrong({ gpuCount })).toHaveProperty('gpuCount');
    for (const durationSeconds of [0, 299, 30 * 86_400 + 1, 3_600.5, Number.NaN])
      expect(wrong({ durationSeconds })).toHaveProperty('durationSeconds');
    expect(wrong({ diskBytes: 0n })).toHaveProperty('diskBytes');
    expect(wrong({ diskBytes: 10n ** 15n })).toHaveProperty('diskBytes');
    expect(wrong({ vramGib: 0 })).toHaveProperty('vramGib');
    expect(wrong({ leastReliabilityBasisPoints: 10_001 })).toHaveProperty('leastReliabilityBasisPoints');
    expect(wrong({ regions: ['EU'] })).toHaveProperty('regions');
    expect(wrong({ models: ['\u0000'] })).toHaveProperty('models');
    expect(wrong({ models: ['  '] })).toHaveProperty('models');
  });

  it('has a deadline that its whole time fits before, to the millisecond, and not beyond 90 days', () => {
    const { durationSeconds } = WISH;
    const just = addSeconds(NOW, durationSeconds);
    expect(wrong({}, just)).toEqual({});
    expect(wrong({}, new Date(just.getTime() - 1))).toHaveProperty('finishBy');
    expect(wrong({}, NOW).finishBy).toMatch(/past/);
    expect(wrong({}, new Date(Number.NaN))).toEqual({ finishBy: 'This is not a date.' });
    expect(wrong({}, new Date(NOW.getTime() + LONGEST_WAIT_DAYS * DAY))).toEqual({});
    expect(wrong({}, new Date(NOW.getTime() + LONGEST_WAIT_DAYS * DAY + 1))).toHaveProperty('finishBy');
  });
});

describe('a cap that the renter did not name', () => {
  it('lets every offer through that keeps the price limit and has a disk at a usual price', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 1_000_000_000n }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 300, max: 2_592_000 }),
        fc.bigInt({ min: 2n ** 30n, max: 2n ** 44n }),
        fc.bigInt({ min: 0n, max: USUAL_DISK_PRICE_MICROS_PER_GIB_MONTH }),
        (price, gpuCount, durationSeconds, diskBytes, diskPrice) => {
          const wish = { maxPriceMicrosPerGpuHour: price, gpuCount, durationSeconds, diskBytes };
          const cap = usualCap(wish);
          const dearest = offer('a', {
            gpuCount: 64,
            freeGpus: 64,
            diskFreeBytes: Number(diskBytes),
            priceMicrosPerGpuHour: price,
            diskPriceMicrosPerGibMonth: diskPrice,
          });
          expect(cap % 10_000n).toBe(0n);
          expect(wholeCost(termsOn(dearest, wish, 0), durationSeconds)).toBeLessThanOrEqual(cap);
          const whole = { ...WISH, ...wish, models: [], capMicros: cap, blockedHostIds: [] };
          expect(whyNotServe(dearest, whole, NOW)).toBeNull();
        },
      ),
    );
  });
});

describe('what may be done with a request', () => {
  const anyRequest = fc.record({
    mode: fc.constantFrom(...STANDING_MODES),
    state: fc.constantFrom(...STANDING_STATES),
    startBy: fc.constantFrom(addSeconds(NOW, -1), NOW, TOMORROW),
    nextTryAt: fc.constantFrom(null, TOMORROW),
  });

  it('is what its commands allow; what is over can be neither met, answered, cancelled again nor tried', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const actions = requestActions(request, NOW);
        expect(actions.includes('cancel')).toBe(whyNotCancelRequest(request) === null);
        expect(actions.includes('resume')).toBe(whyNotResume(request, NOW) === null);
        const late = request.startBy < NOW;
        const waits = request.state === 'open' && !late;
        expect(whyNotOpen(request, NOW) === null).toBe(waits);
        expect(whyNotAnswerRequest(request, NOW) === null).toBe(waits && request.mode === 'ask');
        if (['booked', 'cancelled', 'expired'].includes(request.state)) expect(actions).toEqual([]);
        if (late) expect(actions).not.toContain('resume');
      }),
    );
  });

  it('begins at the latest so that it ends at its deadline', () => {
    expect(startByOf(TOMORROW, 7_200)).toEqual(addSeconds(NOW, 79_200));
  });
});

describe('a match that the account cannot pay', () => {
  it('is tried five times, longer and longer apart', () => {
    const waits = Array.from({ length: MOST_TRIES }, (_, at) => nextTry(at + 1, NOW));
    const minutes = waits.map((at) => (at === null ? null : (at.getTime() - NOW.getTime()) / 60_000));
    expect(minutes).toEqual([10, 20, 40, 80, null]);
  });
});

describe('news of matches', () => {
  it('come once for an offer, once an hour at most, and not for ever', () => {
    const ids = ['a', 'b'];
    expect(newsOf({ toldListingIds: [], toldAt: null }, ids, NOW)).toEqual(ids);
    expect(newsOf({ toldListingIds: ['a'], toldAt: addSeconds(NOW, -3_600) }, ids, NOW)).toEqual(['b']);
    expect(newsOf({ toldListingIds: ['a'], toldAt: addSeconds(NOW, -3_599) }, ids, NOW)).toEqual([]);
    const many = Array.from({ length: MOST_TOLD }, (_, at) => String(at));
    expect(newsOf({ toldListingIds: many, toldAt: null }, ids, NOW)).toEqual([]);
  });
});
