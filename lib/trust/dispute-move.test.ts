import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '#lib/base/time.ts';
import { REPLY_DAYS } from './dispute.ts';
import {
  firstDeadline,
  lapseOf,
  MOST_MOVES,
  MOVES,
  movesFor,
  nextOf,
  offerProblem,
  type Side,
  type TalkFacts,
  whyNotMove,
} from './dispute-move.ts';

const now = new Date('2026-11-01T12:00:00Z');
const later = (days: number) => new Date(now.getTime() + days * DAY);
const opened: TalkFacts = {
  state: 'open',
  turn: 'host',
  answerUntil: firstDeadline(now),
  askedMicros: 100n,
  offeredMicros: null,
  hostSaidAt: null,
  movesOf: { renter: 1, host: 0 },
};
const answered: TalkFacts = { ...opened, turn: 'renter', answerUntil: later(3), hostSaidAt: now };
const offered: TalkFacts = { ...answered, offeredMicros: 40n };

describe('whose move it is', () => {
  it('is the host’s first: accept, offer or answer; the renter may take it back or add something', () => {
    expect(movesFor(opened, 'host', now)).toEqual(['accept', 'offer', 'answer', 'say']);
    expect(movesFor(opened, 'renter', now)).toEqual(['withdraw', 'say']);
  });

  it('is the renter’s then: take an offer, ask for another amount, hand it over', () => {
    expect(movesFor(answered, 'renter', now)).toEqual(['offer', 'escalate', 'withdraw', 'say']);
    expect(movesFor(offered, 'renter', now)).toEqual(['accept', 'offer', 'escalate', 'withdraw', 'say']);
    expect(movesFor(offered, 'host', now)).toEqual(['accept', 'say']);
  });

  it('ends with the deadline, except for agreeing, taking it back and adding something', () => {
    expect(movesFor(opened, 'host', opened.answerUntil)).toEqual(['accept', 'say']);
    expect(movesFor(offered, 'renter', offered.answerUntil)).toEqual(['accept', 'withdraw', 'say']);
  });

  it('is nobody’s when an admin has it, who waits only for an agreement, and nothing’s once it is decided', () => {
    const handed = { ...offered, turn: 'admin' as const };
    expect(movesFor(handed, 'renter', now)).toEqual(['accept', 'withdraw', 'say']);
    expect(movesFor(handed, 'host', now)).toEqual(['accept', 'say']);
    const over = { ...offered, state: 'decided' as const, turn: null };
    for (const side of ['renter', 'host'] as const) expect(movesFor(over, side, now)).toEqual([]);
  });

  it('does not go on without end: after so many moves only agreeing and handing over is left', () => {
    const full = { ...offered, movesOf: { renter: MOST_MOVES, host: MOST_MOVES } };
    expect(movesFor(full, 'renter', now)).toEqual(['accept', 'escalate', 'withdraw']);
    expect(whyNotMove(full, 'renter', 'say', now)?.sentence).toContain(String(MOST_MOVES));
  });
});

describe('an offer', () => {
  it('of the host lies below what is asked and does not go down', () => {
    expect(offerProblem(opened, 'host', 99n)).toBeNull();
    expect(offerProblem(opened, 'host', 100n)).toContain('accept it instead');
    expect(offerProblem({ ...offered, turn: 'host' }, 'host', 39n)).toContain('does not go down');
    for (const none of [null, 0n, -1n]) expect(offerProblem(opened, 'host', none)).toContain('above zero');
  });

  it('of the renter lies between what was offered and what was asked', () => {
    expect(offerProblem(offered, 'renter', 41n)).toBeNull();
    expect(offerProblem(offered, 'renter', 40n)).toContain('accept it instead');
    expect(offerProblem(offered, 'renter', 100n)).toContain('ask for less');
  });
});

describe('silence', () => {
  it('of the host hands it to an admin', () => {
    expect(lapseOf(opened, later(6.99))).toBeNull();
    expect(lapseOf(opened, later(7))).toMatchObject({ turn: 'admin', told: 'lapsed' });
  });

  it('of the renter takes what was offered, and nothing where nothing was', () => {
    expect(lapseOf(offered, later(3))).toMatchObject({ how: 'silence', givenMicros: 40n });
    expect(lapseOf(answered, later(3))).toMatchObject({ how: 'silence', givenMicros: 0n });
    expect(lapseOf({ ...offered, turn: 'admin' }, later(300))).toBeNull();
  });
});

describe('any order of moves', () => {
  const wish = fc.record({
    side: fc.constantFrom<Side>('renter', 'host'),
    move: fc.constantFrom(...MOVES),
    micros: fc.bigInt({ min: 0n, max: 120n }),
    days: fc.constantFrom(0, 0, 0.5, 2, 5),
  });

  it('keeps offers below what is asked, gives what one side accepted or offered, and always comes to an end', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60 }), (wishes) => {
        let facts = opened;
        let at = now;
        for (const { side, move, micros, days } of wishes) {
          at = new Date(at.getTime() + days * DAY);
          const lapse = lapseOf(facts, at);
          const allowed = whyNotMove(facts, side, move, at) === null;
          if (lapse === null && !allowed) continue;
          if (lapse === null && move === 'offer' && offerProblem(facts, side, micros) !== null) continue;
          const next = lapse ?? nextOf(facts, side, move, micros, at);
          if ('how' in next) {
            const { givenMicros, how } = next;
            expect(givenMicros >= 0n && givenMicros <= 100n).toBe(true);
            if (how === 'hostAccepted') expect(givenMicros).toBe(facts.askedMicros);
            if (how === 'renterAccepted' || how === 'silence') expect(givenMicros).toBe(facts.offeredMicros ?? 0n);
            if (how === 'withdrawn') expect(givenMicros).toBe(0n);
            return;
          }
          expect(next.offeredMicros === null || next.offeredMicros < next.askedMicros).toBe(true);
          expect(next.askedMicros <= facts.askedMicros).toBe(true);
          expect((next.offeredMicros ?? 0n) >= (facts.offeredMicros ?? 0n)).toBe(true);
          const said = facts.movesOf[side] + (lapse === null ? 1 : 0);
          facts = {
            ...facts,
            ...next,
            movesOf: { ...facts.movesOf, [side]: said },
            hostSaidAt: side === 'host' && lapse === null ? at : facts.hostSaidAt,
          };
        }
        // Whatever was said: with nobody moving any more it ends, or an admin has it, within the time of one reply.
        const end = lapseOf(facts, new Date(facts.answerUntil.getTime() + REPLY_DAYS * DAY));
        expect(facts.turn === 'admin' || end !== null).toBe(true);
      }),
      { numRuns: process.env.SUBLET_LONG === '1' ? 50_000 : 2_000 },
    );
  });
});
