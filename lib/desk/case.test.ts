import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '#lib/base/time.ts';
import {
  CASE_KINDS,
  CLAIM_MINUTES,
  caseDueAt,
  claimEnd,
  DUE_HOURS,
  liveClaim,
  whatChanged,
  whyNotWork,
} from './case.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const claim = { admin: { id: 'usr_ada', name: 'Ada' }, claimedAt: NOW, expiresAt: claimEnd(NOW) };
const later = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);

describe('a claim', () => {
  it('keeps other admins off a case, says whose it is and until when, and ends by itself', () => {
    expect(whyNotWork(claim, 'usr_bob', later(1))).toEqual({
      reason: 'caseClaimed',
      sentence: 'Ada has this case since 12:00 UTC, until 12:15 UTC. Take another one, or take it over.',
    });
    expect(whyNotWork(claim, 'usr_ada', later(1))).toBeNull();
    expect(whyNotWork(null, 'usr_bob', later(1))).toBeNull();
    expect(whyNotWork(claim, 'usr_bob', later(CLAIM_MINUTES))).toBeNull();
    expect(liveClaim(claim, later(CLAIM_MINUTES - 1))).toBe(claim);
    expect(liveClaim(claim, later(CLAIM_MINUTES))).toBeNull();
  });
});

describe('a case', () => {
  it('of every queue is due a stated time after it began to wait', () => {
    for (const kind of CASE_KINDS) expect(caseDueAt(kind, NOW).getTime() - NOW.getTime()).toBe(DUE_HOURS[kind] * HOUR);
  });

  it('says what changed since somebody looked, and nothing else', () => {
    expect(whatChanged({ State: 'open', Price: '$1.00' }, { State: 'decided', Price: '$1.00', New: 'x' })).toEqual([
      'State: open → decided',
    ]);
    expect(whatChanged({ State: 'open' }, {})).toEqual(['State: open → gone']);
    const facts = fc.dictionary(fc.string(), fc.string());
    fc.assert(
      fc.property(facts, (same) => {
        expect(whatChanged(same, { ...same })).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(facts, facts, (seen, now) => {
        const differing = Object.keys(seen).filter(
          (label) => seen[label] !== (Object.hasOwn(now, label) ? now[label] : 'gone'),
        );
        expect(whatChanged(seen, now)).toHaveLength(differing.length);
      }),
    );
  });
});
