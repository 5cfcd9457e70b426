import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstId, isId, madeAt, newId } from './id.ts';

const instant = fc.date({
  min: new Date('2001-01-01T00:00:00Z'),
  max: new Date('2999-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe('an id', () => {
  it('says when it was made', () => {
    fc.assert(
      fc.property(instant, (now) => {
        expect(madeAt(newId('gpu', now))).toEqual(now);
      }),
    );
  });

  it('sorts at or after the first id of a moment exactly when it was made then or later', () => {
    fc.assert(
      fc.property(instant, instant, (made, moment) => {
        expect(newId('transfer', made) >= firstId('transfer', moment)).toBe(made >= moment);
      }),
    );
    expect(isId('transfer', firstId('transfer', new Date(0)))).toBe(true);
  });
});
