import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '#lib/base/time.ts';
import {
  freeUntil,
  type ListingTerms,
  type OfferFacts,
  termsProblems,
  whyNotBookable,
  whyNotOffered,
  whyNotPublish,
  whyNotVisible,
  whyNotWithdraw,
} from './listing.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const later = (ms: number) => new Date(now.getTime() + ms);

const offer: OfferFacts = {
  state: 'published',
  minGpus: 1,
  endsAt: null,
  approvedAt: null,
  suspendedAt: null,
  hostId: 'usr_host',
  hostSuspendedAt: null,
  selfTestPassed: true,
  approvalNeeded: false,
  machine: { lastSyncAt: now, identityCopiedAt: null, retiredAt: null, hasDocker: true, gpuCount: 4 },
};
const wish = { renterId: 'usr_renter', gpuCount: 1, freeGpus: 4, blocked: false };
const terms: ListingTerms = {
  priceMicrosPerGpuHour: 350_000n,
  diskPriceMicrosPerGibMonth: 100_000n,
  minGpus: 1,
  endsAt: null,
};

describe('an offer', () => {
  it('can be booked when published, self-tested and online', () => {
    expect(whyNotBookable(offer, wish, now)).toBeNull();
  });

  it.each<[string, Partial<OfferFacts>]>([
    ['a draft', { state: 'draft' }],
    ['withdrawn', { state: 'withdrawn' }],
    ['suspended by staff', { suspendedAt: now }],
    ['of a suspended host', { hostSuspendedAt: now }],
    ['past its end', { endsAt: now }],
    ['waiting for approval', { approvalNeeded: true }],
    ['not self-tested', { selfTestPassed: false }],
  ])('is gone for renters when it is %s', (_, change) => {
    expect(whyNotOffered({ ...offer, ...change }, now)?.reason).toBe('listingGone');
    expect(whyNotVisible({ ...offer, ...change }, now)?.reason).toBe('listingGone');
  });

  it('is visible without a passed self-test once staff approved it', () => {
    expect(whyNotVisible({ ...offer, selfTestPassed: false, approvedAt: now }, now)).toBeNull();
    expect(whyNotVisible({ ...offer, approvalNeeded: true, approvedAt: now }, now)).toBeNull();
  });

  it.each<[string, Partial<OfferFacts['machine']>]>([
    ['is silent', { lastSyncAt: later(-10 * MINUTE) }],
    ['never answered', { lastSyncAt: null }],
    ['has no Docker', { hasDocker: false }],
    ['has no GPU', { gpuCount: 0 }],
    ['shares its identity with another', { identityCopiedAt: now }],
    ['is retired', { retiredAt: now }],
  ])('cannot be booked when its machine %s', (_, change) => {
    expect(whyNotBookable({ ...offer, machine: { ...offer.machine, ...change } }, wish, now)).not.toBeNull();
  });

  it('is refused to its own host, to a blocked renter and for impossible counts', () => {
    const why = (change: Partial<typeof wish>, facts = offer) =>
      whyNotBookable(facts, { ...wish, ...change }, now)?.reason;
    expect(why({ renterId: 'usr_host' })).toBe('ownMachine');
    expect(why({ blocked: true })).toBe('renterBlocked');
    expect(why({ gpuCount: 0 })).toBe('badInput');
    expect(why({ gpuCount: 1.5 })).toBe('badInput');
    expect(why({ gpuCount: 1 }, { ...offer, minGpus: 2 })).toBe('badInput');
    expect(why({ gpuCount: 5 })).toBe('badInput');
    expect(why({ gpuCount: 3, freeGpus: 2 })).toBe('gpuTaken');
    expect(why({ freeGpus: 0 })).toBe('gpuTaken');
  });

  it('is free until its end or the next window of somebody else, whichever comes first', () => {
    expect(freeUntil(null, [null, null])).toBeNull();
    expect(freeUntil(later(DAY), [null, later(MINUTE)])).toEqual(later(MINUTE));
    expect(freeUntil(later(DAY), [null])).toEqual(later(DAY));
  });
});

describe('terms', () => {
  it('are accepted when sane', () => {
    expect(termsProblems({ ...terms, endsAt: later(30 * DAY) }, 4, now)).toEqual({});
    expect(termsProblems({ ...terms, diskPriceMicrosPerGibMonth: 0n }, 4, now)).toEqual({});
  });

  it.each<[string, Partial<ListingTerms>]>([
    ['priceMicrosPerGpuHour', { priceMicrosPerGpuHour: 0n }],
    ['priceMicrosPerGpuHour', { priceMicrosPerGpuHour: -1n }],
    ['priceMicrosPerGpuHour', { priceMicrosPerGpuHour: 1_000_000_001n }],
    ['diskPriceMicrosPerGibMonth', { diskPriceMicrosPerGibMonth: -1n }],
    ['diskPriceMicrosPerGibMonth', { diskPriceMicrosPerGibMonth: 10_000_001n }],
    ['minGpus', { minGpus: 0 }],
    ['minGpus', { minGpus: 5 }],
    ['minGpus', { minGpus: 1.5 }],
    ['endsAt', { endsAt: now }],
    ['endsAt', { endsAt: later(100 * 365 * DAY) }],
    ['endsAt', { endsAt: new Date('rubbish') }],
  ])('name the field %s that is wrong', (field, change) => {
    expect(Object.keys(termsProblems({ ...terms, ...change }, 4, now))).toEqual([field]);
  });
});

describe('publishing', () => {
  const machine = { retiredAt: null, identityCopiedAt: null, gpuCount: 2, hasDocker: true, models: 1 };
  const draft = { state: 'draft', suspendedAt: null, endsAt: null } as const;

  it('is open to a draft and to a withdrawn listing', () => {
    expect(whyNotPublish(draft, machine, now)).toBeNull();
    expect(whyNotPublish({ ...draft, state: 'withdrawn' }, machine, now)).toBeNull();
  });

  it('says what is missing', () => {
    expect(whyNotPublish(null, machine, now)?.sentence).toContain('price');
    expect(whyNotPublish({ ...draft, state: 'published' }, machine, now)?.sentence).toContain('already');
    expect(whyNotPublish({ ...draft, suspendedAt: now }, machine, now)?.sentence).toContain('Staff');
    expect(whyNotPublish({ ...draft, endsAt: now }, machine, now)?.sentence).toContain('passed');
    expect(whyNotPublish(draft, { ...machine, hasDocker: false }, now)?.sentence).toContain('Docker');
    expect(whyNotPublish(draft, { ...machine, gpuCount: 0 }, now)?.sentence).toContain('GPU');
    expect(whyNotPublish(draft, { ...machine, models: 2 }, now)?.sentence).toContain('models');
    expect(whyNotPublish(draft, { ...machine, retiredAt: now }, now)?.sentence).toContain('retired');
    expect(whyNotPublish(draft, { ...machine, identityCopiedAt: now }, now)?.sentence).toContain('identity');
  });

  it('is undone by withdrawing, once', () => {
    expect(whyNotWithdraw({ state: 'published' })).toBeNull();
    expect(whyNotWithdraw({ state: 'withdrawn' })?.reason).toBe('notNow');
    expect(whyNotWithdraw(null)?.reason).toBe('notNow');
  });
});
