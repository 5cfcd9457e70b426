import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '#protocol/agent.ts';
import {
  AT_EXITS,
  BILLABLE,
  BOOKING_KINDS,
  type BookingFacts,
  bookingActions,
  DESIRED,
  liesAhead,
  OBSERVED,
  reasonSentence,
  whyNotEndByRenter,
  whyNotExtend,
  whyNotLockEnd,
  whyNotStart,
  whyNotStop,
  whyNotUnlockEnd,
} from './booking.ts';
import { costOf } from './rental.ts';
import type { Terms } from './terms.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-24T12:00:00Z');
const EARLIER = new Date('2026-11-22T12:00:00Z');

const anyBooking: fc.Arbitrary<BookingFacts> = fc.record({
  kind: fc.constantFrom(...BOOKING_KINDS),
  startsAt: fc.constantFrom(EARLIER, LATER),
  desired: fc.constantFrom(...DESIRED),
  observed: fc.constantFrom(...OBSERVED),
  billable: fc.constantFrom(...BILLABLE),
  reason: fc.constantFrom(null, 'hostEnded', 'renterStopped', 'moneyRanOut'),
  atExit: fc.constantFrom(null, ...AT_EXITS),
  startedAt: fc.constantFrom(null, EARLIER),
  endsAt: fc.constantFrom(EARLIER, LATER),
  diskUntil: fc.constantFrom(null, EARLIER, LATER),
  endedAt: fc.constantFrom(null, EARLIER),
  endLockedAt: fc.constantFrom(null, EARLIER),
});

describe('what may be done with a booking', () => {
  it('is what its commands allow, whatever state it is in', () => {
    fc.assert(
      fc.property(anyBooking, (booking) => {
        const actions = bookingActions(booking, 'renter', NOW);
        expect(actions.includes('stop')).toBe(whyNotStop(booking, NOW) === null);
        expect(actions.includes('start')).toBe(whyNotStart(booking, NOW) === null);
        expect(actions.includes('extend')).toBe(whyNotExtend(booking, NOW) === null);
        expect(actions.includes('end')).toBe(whyNotEndByRenter(booking) === null);
        expect(actions.includes('cancel')).toBe(liesAhead(booking, NOW) && booking.endLockedAt === null);
        expect(actions.includes('lockEnd')).toBe(whyNotLockEnd(booking) === null);
        expect(actions.includes('unlockEnd')).toBe(whyNotUnlockEnd(booking) === null);
        expect(actions.includes('end') && actions.includes('unlockEnd')).toBe(false);
        expect(actions.includes('stop') && actions.includes('start')).toBe(false);
        if (booking.desired === 'ended') expect(actions).toEqual(['rename']);
        for (const why of [whyNotStop(booking, NOW), whyNotStart(booking, NOW), whyNotExtend(booking, NOW)])
          if (why !== null) expect(why.sentence).toMatch(/\.$/);
      }),
    );
  });

  it('is little for a host and for staff: to break it off, or to end it', () => {
    fc.assert(
      fc.property(anyBooking, (booking) => {
        const live = booking.desired !== 'ended';
        expect(bookingActions(booking, 'staff', NOW)).toEqual(live ? ['endByStaff'] : []);
        const noticed = booking.reason === 'hostEnded';
        expect(bookingActions(booking, 'host', NOW)).toEqual(live && !noticed ? ['endByHost'] : []);
      }),
    );
  });

  it('has a sentence for each way in which a machine can fail', () => {
    for (const failure of FAILURES) expect(reasonSentence(failure)).toMatch(/\.$/);
    expect(reasonSentence(null)).toBeNull();
    expect(reasonSentence('toString')).toBeNull();
  });
});

describe('what a rental has cost', () => {
  const terms: Terms = {
    priceMicrosPerGpuHour: 3_600_000n,
    diskPriceMicrosPerGibMonth: 0n,
    feeBasisPoints: 1_000,
    gpuCount: 1,
    gpuModel: 'RTX 4090',
    diskBytes: 2n ** 30n,
    limits: { cpuMillis: 1_000, memoryBytes: 2n ** 30n, pids: 4_096 },
  };
  const lease = {
    gpuSeconds: 60n,
    diskByteSeconds: 0n,
    chargedMicros: 60_000n,
    feeMicros: 6_000n,
    refundedMicros: 0n,
    heldMicros: 100_000n,
    ceilingMicros: 160_000n,
    billedUntil: new Date(NOW.getTime() - 30_000),
    settledAt: null,
  };
  const facts = {
    terms,
    billable: 'gpuAndDisk',
    capMicros: null,
    endsAt: new Date(NOW.getTime() + 100_000),
    observedAt: EARLIER,
    lease,
    freeMicros: 0n,
  } as const;

  it('is estimated up to now from the last statement, within what is held', () => {
    expect(costOf(facts, NOW)).toMatchObject({ chargedMicros: 60_000n, estimatedMicros: 90_000n, runwaySeconds: 70 });
    expect(costOf(facts, LATER)).toMatchObject({ estimatedMicros: 160_000n, runwaySeconds: 0 });
    expect(costOf({ ...facts, freeMicros: 30_000n }, NOW).runwaySeconds).toBe(100);
    expect(costOf({ ...facts, freeMicros: 30_000n, capMicros: 160_000n }, NOW).runwaySeconds).toBe(70);
    expect(costOf({ ...facts, freeMicros: 30_000n, capMicros: 170_000n }, NOW).runwaySeconds).toBe(80);
  });

  it('says whether the money outlasts the rented time', () => {
    expect(costOf({ ...facts, freeMicros: 29_000n }, NOW).lastsToEnd).toBe(false);
    expect(costOf({ ...facts, freeMicros: 30_000n }, NOW).lastsToEnd).toBe(true);
    expect(costOf({ ...facts, billable: 'nothing' }, NOW).lastsToEnd).toBe(false);
  });

  it('is what was charged when nothing is billed now, or the bill is closed', () => {
    expect(costOf({ ...facts, billable: 'nothing' }, NOW)).toMatchObject({
      estimatedMicros: 60_000n,
      microsPerHour: 0n,
      runwaySeconds: null,
    });
    expect(costOf({ ...facts, lease: { ...lease, settledAt: NOW } }, NOW).estimatedMicros).toBe(60_000n);
    expect(costOf({ ...facts, billable: 'disk' }, NOW).runwaySeconds).toBeNull();
  });
});
