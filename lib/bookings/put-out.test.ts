import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { isInVain, MOST_IN_VAIN, MOST_UNUSED_AT_ONCE, putOutAgainAt, whyNotPutOut } from './put-out.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const at = (seconds: number) => addSeconds(NOW, seconds);

describe('whoever takes everything back at once', () => {
  it('puts somebody out at most three times in any hour and ten in any day, whenever they try', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 120 }), (pauses) => {
        const done: number[] = [];
        let second = 0;
        for (const pause of pauses) {
          second += pause;
          if (putOutAgainAt(done.map(at), at(second)) === null) done.push(second);
        }
        for (const { times, seconds } of MOST_IN_VAIN)
          for (const end of done)
            expect(done.filter((one) => one <= end && one > end - seconds).length).toBeLessThanOrEqual(times);
      }),
    );
  });

  it('may again at the instant that the refusal names, and not before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 86_400 }), { minLength: 3, maxLength: 12 }), (ago) => {
        const done = ago.map((seconds) => at(-seconds));
        const until = putOutAgainAt(done, NOW);
        if (until === null) return;
        expect(putOutAgainAt(done, addSeconds(until, -1))).not.toBeNull();
        expect(putOutAgainAt(done, until)).toBeNull();
      }),
    );
  });
});

it('many at once wait until one of them is used', () => {
  expect(whyNotPutOut({ inVainAt: [], unused: MOST_UNUSED_AT_ONCE - 1 }, NOW)).toBeNull();
  expect(whyNotPutOut({ inVainAt: [], unused: MOST_UNUSED_AT_ONCE }, NOW)?.reason).toBe('putOutInVain');
});

describe('a run for which somebody was put out', () => {
  const run = { reason: 'renterEnded', observed: 'pulling', usedSince: null, endsAt: NOW } as const;
  it.each([
    ['that its renter ends before it could be used', run, null, true],
    ['that was used for a second less than the notice', { ...run, usedSince: at(-119) }, null, true],
    ['that was used for the notice', { ...run, usedSince: at(-120) }, null, false],
    ['that its host ended', { ...run, reason: 'hostEnded' }, null, false],
    ['whose machine is silent', run, { kind: 'silent', since: NOW }, false],
    ['whose image does not come', run, { kind: 'notReady', since: NOW }, true],
    ['that its machine does not start', { ...run, observed: 'starting' }, { kind: 'notReady', since: NOW }, false],
  ] as const)('%s', (_, one, fault, inVain) => {
    expect(isInVain(one, fault, 120)).toBe(inVain);
  });
});
