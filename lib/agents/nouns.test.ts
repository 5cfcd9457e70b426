import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wasAway } from '#lib/events/beat.ts';
import { judgeBoot } from './boot.ts';
import { makeChallenge, readChallenge } from './challenge.ts';
import { clockDriftMs, driftMessage } from './clock-drift.ts';
import { codeState, firstName } from './enrolment.ts';
import { silentSince } from './silence.ts';

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1_000);
const RANDOM = 'AAAAAAAAAAAAAAAAAAAAAA';

describe('a challenge', () => {
  const nonce = makeChallenge('mch_a', RANDOM, 'secret', at(0));

  it('is read within a minute, by the market that made it, for the machine it was made for', () => {
    expect(readChallenge(nonce, 'mch_a', 'secret', at(0))).toEqual(at(0));
    expect(readChallenge(nonce, 'mch_a', 'secret', at(60))).toEqual(at(0));
    expect(readChallenge(nonce, 'mch_a', 'secret', at(61))).toBeNull();
    expect(readChallenge(nonce, 'mch_a', 'secret', at(-1))).toBeNull();
    expect(readChallenge(nonce, 'mch_b', 'secret', at(1))).toBeNull();
    expect(readChallenge(nonce, 'mch_a', 'other', at(1))).toBeNull();
  });

  it('cannot be changed in any character', () => {
    fc.assert(
      fc.property(fc.nat(nonce.length - 1), fc.constantFrom(...'0aZ._-é\u0000'), (index, character) => {
        const changed = `${nonce.slice(0, index)}${character}${nonce.slice(index + 1)}`;
        return changed === nonce || readChallenge(changed, 'mch_a', 'secret', at(1)) === null;
      }),
    );
    for (const rubbish of ['', '.', '..', nonce.slice(1), `${nonce}x`]) {
      expect(readChallenge(rubbish, 'mch_a', 'secret', at(1))).toBeNull();
    }
  });
});

describe('a boot of an agent', () => {
  const boot = (bootId: string, first: number, present = false) => ({ bootId, firstAt: at(first), present });

  it('connects at first, again, and after a restart', () => {
    expect(judgeBoot([], 'a', at(1), null)).toEqual({ kind: 'connect' });
    expect(judgeBoot([boot('a', 0, true)], 'a', at(9), at(0))).toEqual({ kind: 'connect' });
    expect(judgeBoot([boot('a', 0, true)], 'b', at(9), at(0))).toEqual({ kind: 'connect' });
  });

  it('that was superseded and comes back shows a copied identity; the one that came first keeps it', () => {
    const boots = [boot('a', 0), boot('b', 5, true)];
    expect(judgeBoot(boots, 'a', at(9), at(5))).toEqual({ kind: 'copied', keeps: true });
    const after = [boot('a', 0, true), boot('b', 5)];
    expect(judgeBoot(after, 'b', at(12), at(9))).toEqual({ kind: 'copied', keeps: false });
  });

  it('that answers a challenge from before it was superseded is only late', () => {
    expect(judgeBoot([boot('a', 0), boot('b', 5, true)], 'a', at(4), at(5))).toEqual({ kind: 'late' });
  });
});

describe('silence', () => {
  it('counts from the last sync once it lasted two minutes while we listened', () => {
    const door = { at: at(1_000), backAt: null };
    expect(silentSince(at(890), door, at(1_001))).toBeNull();
    expect(silentSince(at(880), door, at(1_001))).toEqual(at(880));
  });

  it('never counts while our own door was shut', () => {
    expect(silentSince(at(0), null, at(9_999))).toBeNull();
    expect(silentSince(at(0), { at: at(60), backAt: null }, at(9_999))).toBeNull();
    expect(silentSince(at(0), { at: at(5_100), backAt: at(5_000) }, at(5_101))).toBeNull();
    expect(silentSince(at(0), { at: at(5_120), backAt: at(5_000) }, at(5_121))).toEqual(at(5_000));
  });

  it('begins neither before the last sync nor before we were back, whatever the times', () => {
    const seconds = fc.nat(100_000);
    fc.assert(
      fc.property(seconds, seconds, fc.option(seconds), seconds, (last, beat, back, now) => {
        const since = silentSince(at(last), { at: at(beat), backAt: back === null ? null : at(back) }, at(now));
        return since === null || (since >= at(last) && (back === null || since >= at(back)) && since <= at(now));
      }),
    );
  });

  it('knows an outage by a gap between two beats', () => {
    expect(wasAway(null, at(0))).toBe(true);
    expect(wasAway({ at: at(0), backAt: null }, at(30))).toBe(false);
    expect(wasAway({ at: at(0), backAt: null }, at(31))).toBe(true);
  });
});

describe('a clock', () => {
  it('is reported when it is wrong by more than the network explains', () => {
    expect(driftMessage(clockDriftMs(at(4), at(0)))).toBeNull();
    expect(driftMessage(clockDriftMs(at(42), at(0)))).toMatch(/42 s ahead/);
    expect(driftMessage(clockDriftMs(at(-7), at(0)))).toMatch(/7 s behind/);
  });

  it('fits the database even when it stands in another century', () => {
    expect(clockDriftMs(new Date('9999-01-01'), at(0))).toBe(2_147_483_647);
    expect(clockDriftMs(new Date('0001-01-01'), at(0))).toBe(-2_147_483_647);
  });
});

describe('an enrolment', () => {
  it('code is waiting, used or expired', () => {
    expect(codeState({ usedAt: null, expiresAt: at(1) }, at(0))).toBe('waiting');
    expect(codeState({ usedAt: null, expiresAt: at(1) }, at(1))).toBe('expired');
    expect(codeState({ usedAt: at(0), expiresAt: at(1) }, at(9))).toBe('used');
  });

  it('names the machine after its host name, whatever that is', () => {
    expect(firstName('gpu-box')).toBe('gpu-box');
    expect(firstName(' \u0007 ')).toBe('Machine');
    expect([...firstName('😀'.repeat(300))]).toHaveLength(80);
    expect(firstName('<script>alert(1)</script>')).toBe('<script>alert(1)</script>');
  });
});
