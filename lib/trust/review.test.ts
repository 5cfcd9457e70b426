import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '#lib/base/time.ts';
import {
  isRevealed,
  LEAST_FOR_AVERAGE,
  REPLY_DAYS,
  REVIEW_DAYS,
  revealAtOf,
  reviewProblems,
  reviewUntil,
  standingOf,
  whyNotReply,
  whyNotReview,
} from './review.ts';

const endedAt = new Date('2026-11-01T12:00:00Z');
const days = (count: number) => new Date(endedAt.getTime() + count * DAY);
const rental = { renterId: 'usr_r', hostId: 'usr_h', startedAt: endedAt, endedAt };
const typed = { side: 'renter', scores: [5, 5, 5, 5, 5, 3], reason: '', text: '' } as const;

describe('a rental', () => {
  it('is reviewed from its end for fourteen days, if it was ever usable, and never by oneself', () => {
    expect(whyNotReview(rental, null, endedAt)).toBeNull();
    expect(whyNotReview(rental, null, days(13.99))).toBeNull();
    expect(whyNotReview(rental, null, days(REVIEW_DAYS))?.sentence).toContain('over');
    expect(whyNotReview({ ...rental, endedAt: null }, null, endedAt)?.sentence).toContain('not over yet');
    expect(whyNotReview({ ...rental, startedAt: null }, null, endedAt)?.sentence).toContain('never usable');
    expect(whyNotReview({ ...rental, hostId: 'usr_r' }, null, endedAt)?.reason).toBe('ownMachine');
  });

  it('has reviews that can be changed until they are shown', () => {
    expect(whyNotReview(rental, { revealAt: days(14) }, days(10))).toBeNull();
    expect(whyNotReview(rental, { revealAt: days(10) }, days(10))?.sentence).toContain('shown');
  });
});

describe('a review', () => {
  it('asks for a reason below three points, and has bounds', () => {
    expect(reviewProblems(typed)).toBeNull();
    expect(reviewProblems({ ...typed, scores: [5, 5, 2, 5, 5, 5] })?.reason).toContain('asks for a reason');
    expect(reviewProblems({ ...typed, scores: [1], reason: 'It fell off the bus.' })).toBeNull();
    for (const scores of [[0], [6], [2.5], [Number.NaN]])
      expect(reviewProblems({ ...typed, scores })?.scores).toBeDefined();
    expect(reviewProblems({ ...typed, text: 'x'.repeat(2_001) })?.text).toContain('At most');
    expect(reviewProblems({ ...typed, text: '👩🏽‍🚀'.repeat(100) })).toBeNull();
  });

  it('is replied to once, for thirty days after it is shown', () => {
    const review = { revealAt: days(5), reply: null, hiddenAt: null };
    expect(whyNotReply(review, days(4.99))?.sentence).toContain('not shown');
    expect(whyNotReply(review, days(5))).toBeNull();
    expect(whyNotReply(review, days(5 + REPLY_DAYS))?.sentence).toContain('over');
    expect(whyNotReply({ ...review, reply: 'x' }, days(6))?.sentence).toContain('have replied');
    expect(whyNotReply({ ...review, hiddenAt: days(6) }, days(6))?.sentence).toContain('out of sight');
  });

  it('counts in no average while there are too few', () => {
    expect(standingOf(LEAST_FOR_AVERAGE - 1, 1_000)).toEqual({ count: 2, averageHundredths: null });
    expect(standingOf(3, 1_400)).toEqual({ count: 3, averageHundredths: 466 });
  });
});

describe('the clock of two reviews', () => {
  const write = fc.record({
    side: fc.constantFrom('renter' as const, 'host' as const),
    day: fc.double({ min: 0, max: 20, noNaN: true }),
  });

  it('shows nothing before both wrote or fourteen days passed, both at once, and lets nobody write after reading', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 8 }), fc.double({ min: 0, max: 40, noNaN: true }), (writes, lookDay) => {
        const reveal = new Map<string, Date>();
        const last = new Map<string, Date>();
        for (const { side, day } of writes.toSorted((a, b) => a.day - b.day)) {
          const now = days(day);
          const own = reveal.get(side);
          if (whyNotReview(rental, own === undefined ? null : { revealAt: own }, now) !== null) continue;
          const other = side === 'renter' ? 'host' : 'renter';
          // Whoever writes has not read: the other's is not shown to them at that instant.
          const theirs = reveal.get(other);
          if (theirs !== undefined) expect(isRevealed({ revealAt: theirs }, now)).toBe(false);
          last.set(side, now);
          if (own !== undefined) continue;
          const at = revealAtOf(endedAt, reveal.has(other), now);
          reveal.set(side, at);
          if (reveal.has(other)) reveal.set(other, at);
        }
        const look = days(lookDay);
        for (const [side, revealAt] of reveal) {
          if (reveal.size === 1) expect(revealAt).toEqual(reviewUntil(endedAt));
          expect((last.get(side) as Date) <= revealAt).toBe(true);
          expect(revealAt <= reviewUntil(endedAt)).toBe(true);
          if (isRevealed({ revealAt }, look)) expect(reveal.size === 2 || look >= reviewUntil(endedAt)).toBe(true);
        }
        expect(new Set([...reveal.values()].map(Number)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2_000 },
    );
  });
});
