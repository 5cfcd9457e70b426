import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf, tokenBuckets } from './limits.ts';

describe('who a connection counts as', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, ''],
  ])('%s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});

describe('token buckets', () => {
  it('allow a burst and then the rate, for each name alone', () => {
    const buckets = tokenBuckets(3, 2);
    expect([1, 2, 3, 4].map(() => buckets.take('a', 0))).toEqual([true, true, true, false]);
    expect(buckets.take('b', 0)).toBe(true);
    expect(buckets.isEmpty('a', 400)).toBe(true);
    expect(buckets.take('a', 500)).toBe(true);
    expect(buckets.take('a', 500)).toBe(false);
  });

  it('never allow more than burst + rate × time, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 2_000 }), { maxLength: 200 }), (steps) => {
        const buckets = tokenBuckets(5, 3);
        let nowMs = 10_000;
        let passedMs = 0;
        let taken = 0;
        for (const step of steps) {
          nowMs += step;
          passedMs += Math.max(0, step);
          if (buckets.take('x', nowMs)) taken += 1;
        }
        return taken <= 5 + (3 * passedMs) / 1_000;
      }),
    );
  });

  it('forget names that are full again', () => {
    const buckets = tokenBuckets(2, 1);
    for (let index = 0; index < 10_000; index += 1) buckets.take(`name ${index}`, 0);
    buckets.take('one more', 60_000);
    expect(buckets.size()).toBe(1);
  });
});
