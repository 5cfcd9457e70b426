import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { findInterruptions, interruptedSeconds, type Recorded } from './interruption.ts';

const start = new Date('2026-11-01T12:00:00Z');
const at = (seconds: number) => addSeconds(start, seconds);
/** Ten minutes of statements, one a minute, 6,000 micro-dollars each. */
const statements = Array.from({ length: 10 }, (_, minute) => ({
  startsAt: at(60 * minute),
  endsAt: at(60 * minute + 60),
  state: 'running',
  chargedMicros: 6_000n,
}));
const quiet: Recorded = { from: start, until: at(600), statements, silences: [], phases: [], samplesAt: [] };
const silence = (from: number, to: number | null, cause = 'unreachable') => ({
  cause,
  startsAt: at(from),
  endsAt: to === null ? null : at(to),
});

describe('interruptions of a rental', () => {
  it('are none where nothing was recorded', () => {
    expect(findInterruptions(quiet)).toEqual({ interruptions: [], proposedMicros: 0n });
  });

  it('are the time in which the machine did not answer, and the rule proposes what was charged for it', () => {
    const found = findInterruptions({ ...quiet, silences: [silence(90, 150)] });
    expect(found.proposedMicros).toBe(6_000n);
    expect(found.interruptions).toEqual([{ kind: 'unreachable', from: at(90), until: at(150), chargedMicros: 6_000n }]);
    expect(interruptedSeconds(found.interruptions)).toBe(60);
  });

  it('begin with the rental and end with it, however long the machine was silent', () => {
    const found = findInterruptions({ ...quiet, silences: [silence(-500, 30), silence(570, null)] });
    expect(found.interruptions.map(({ from, until }) => [from, until])).toEqual([
      [at(0), at(30)],
      [at(570), at(600)],
    ]);
    expect(found.proposedMicros).toBe(6_000n);
  });

  it('are worth nothing where nothing was billed: what was stopped, what was not charged', () => {
    const unbilled = statements.map((one, index) =>
      index < 5 ? { ...one, chargedMicros: 0n } : { ...one, state: 'stopped' },
    );
    const found = findInterruptions({ ...quiet, statements: unbilled, silences: [silence(0, 600)] });
    expect(found.interruptions).toHaveLength(1);
    expect(found.proposedMicros).toBe(0n);
  });

  it('count once where several overlap', () => {
    const silences = [silence(60, 180), silence(120, 240, 'hostEnded')];
    expect(findInterruptions({ ...quiet, silences }).proposedMicros).toBe(18_000n);
  });

  it('are a fall back out of connectable until it is so again, and not a stop that was asked for', () => {
    const phases = [
      { at: at(-30), phase: 'pulling' },
      { at: at(0), phase: 'connectable' },
      { at: at(120), phase: 'starting' },
      { at: at(180), phase: 'connectable' },
      { at: at(300), phase: 'stopping' },
      { at: at(360), phase: 'stopped' },
      { at: at(400), phase: 'starting' },
      { at: at(420), phase: 'connectable' },
      { at: at(540), phase: 'failed' },
    ];
    const found = findInterruptions({ ...quiet, phases });
    expect(found.interruptions.map(({ kind, from, until }) => [kind, from, until])).toEqual([
      ['notUsable', at(120), at(180)],
      ['notUsable', at(540), at(600)],
    ]);
    expect(found.proposedMicros).toBe(12_000n);
  });

  it('show gaps of figures of a minute and more, and count them for nothing', () => {
    const samplesAt = [0, 5, 10, 69, 140, 145, 600].map(at);
    const found = findInterruptions({ ...quiet, samplesAt });
    expect(found.interruptions.map(({ kind, from }) => [kind, from])).toEqual([
      ['noSamples', at(69)],
      ['noSamples', at(145)],
    ]);
    expect(found.proposedMicros).toBe(0n);
    expect(interruptedSeconds(found.interruptions)).toBe(0);
  });

  it('never propose more than was charged, and all of it for a machine that was silent all the time', () => {
    const span = fc.tuple(fc.integer({ min: -100, max: 700 }), fc.integer({ min: 1, max: 400 }));
    const charges = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), charges, (spans, charged) => {
        const told = statements.map((one, index) => ({ ...one, chargedMicros: charged[index] ?? 0n }));
        const sum = charged.reduce((all, micros) => all + micros, 0n);
        const silences = spans.map(([from, seconds]) => silence(from, from + seconds));
        const some = findInterruptions({ ...quiet, statements: told, silences });
        expect(some.proposedMicros <= sum).toBe(true);
        const all = findInterruptions({ ...quiet, statements: told, silences: [...silences, silence(-5, 605)] });
        expect(all.proposedMicros).toBe(sum);
        expect(some.proposedMicros <= all.proposedMicros).toBe(true);
      }),
    );
  });
});
