import { describe, expect, it } from 'vitest';
import { EVENT_KINDS } from '#lib/events/event.ts';
import { OBSERVED, REASONS } from './booking.ts';
import { eventWords } from './event-words.ts';
import { hasFailed, PHASES_TO_SHELL, phaseReached, phaseTimes } from './phase.ts';

const at = (ms: number, kind: string, phase?: string) => ({
  kind,
  data: phase === undefined ? {} : { phase },
  createdAt: new Date(Date.UTC(2026, 10, 23, 12) + ms),
});

const RUN = [
  at(0, 'booking.made'),
  at(80, 'booking.phase', 'accepted'),
  at(100, 'booking.phase', 'pulling'),
  at(4_100, 'booking.phase', 'starting'),
  at(5_600, 'booking.connectable', 'connectable'),
];

describe('the way from a booking to its shell', () => {
  it('is told in seconds a phase', () => {
    expect(phaseTimes(RUN)).toEqual({ accepted: 0.08, pulling: 4, starting: 1.5, all: 5.6 });
  });

  it('leaves out what is not over', () => {
    expect(phaseTimes(RUN.slice(0, 3))).toEqual({ accepted: 0.08 });
    expect(phaseTimes([])).toEqual({});
  });

  it('counts the newest run only', () => {
    const again = [
      ...RUN,
      at(60_000, 'booking.stopped', 'stopped'),
      at(90_000, 'booking.startAsked'),
      at(90_200, 'booking.phase', 'accepted'),
    ];
    expect(phaseTimes(again)).toEqual({ accepted: 0.2 });
  });

  it('has a place for every state and every failure', () => {
    for (const observed of OBSERVED) {
      for (const reason of [null, ...Object.keys(REASONS)])
        expect(PHASES_TO_SHELL[phaseReached({ observed, reason, startedAt: null })]).toBeDefined();
    }
    const failed = (reason: string) => PHASES_TO_SHELL[phaseReached({ observed: 'failed', reason, startedAt: null })];
    expect(failed('imageNotFound')).toBe('pulling');
    expect(failed('leaseInvalid')).toBe('accepted');
  });

  it('has failed also when what never started is gone already, and not when somebody ended it', () => {
    const gone = { observed: 'ended', startedAt: null } as const;
    expect(hasFailed({ ...gone, reason: 'pullFailed' })).toBe(true);
    expect(hasFailed({ ...gone, reason: 'renterEnded' })).toBe(false);
    for (const observed of ['failed', 'ended'] as const)
      expect(hasFailed({ observed, startedAt: new Date(0), reason: 'exited' })).toBe(false);
    expect(hasFailed({ observed: 'failed', startedAt: null, reason: 'exited' })).toBe(true);
    expect(hasFailed({ observed: 'failed', startedAt: null, reason: 'exited', job: {} })).toBe(false);
    expect(hasFailed({ observed: 'connectable', startedAt: new Date(0), reason: null })).toBe(false);
  });
});

describe('what happened to a booking', () => {
  it('is said in words, never as a name of ours', () => {
    const kinds = EVENT_KINDS.filter((kind) => kind.startsWith('booking.'));
    for (const kind of kinds) expect(eventWords(kind, { phase: 'accepted' }) ?? '').not.toContain('booking.');
    const silent = kinds.filter((kind) => eventWords(kind, { phase: 'accepted' }) === null);
    expect(silent).toEqual(['booking.metered']);
  });
});
