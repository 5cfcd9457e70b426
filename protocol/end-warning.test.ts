import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueEndWarning, END_WARNING_SECONDS } from './end-warning.ts';

const window = { startsAtMs: 0, endsAtMs: 7_200_000 };

describe('the warning of an end', () => {
  it('is due half an hour and five minutes before, and not after it', () => {
    const due = [5_399, 5_400, 6_899, 6_900, 7_199, 7_200, 9_000].map((second) =>
      dueEndWarning(window, second * 1_000),
    );
    expect(due).toEqual([null, 1_800, 1_800, 300, 300, null, null]);
  });

  it('is never one of which the window is too short to tell, and never goes back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }), (seconds, at) => {
        const short = { startsAtMs: 0, endsAtMs: seconds * 1_000 };
        const due = dueEndWarning(short, at * 1_000);
        if (due !== null) {
          expect(END_WARNING_SECONDS).toContain(due);
          expect(seconds).toBeGreaterThan(due);
          expect(seconds - at).toBeLessThanOrEqual(due);
          const later = dueEndWarning(short, (at + 1) * 1_000);
          if (later !== null) expect(later).toBeLessThanOrEqual(due);
        }
      }),
    );
  });
});
