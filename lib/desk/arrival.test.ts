import { describe, expect, it } from 'vitest';
import { arrivals } from './arrival.ts';

const cases = ['a', 'b', 'c'].map((id) => ({ id, current: id === 'b' }));
const ids = (known: readonly string[], whole = true) => arrivals(cases, new Set(known), whole).map(({ id }) => id);

describe('a case that comes while somebody looks at its queue', () => {
  it('waits until it is asked for', () => {
    expect(ids(['a', 'b', 'c'])).toEqual([]);
    expect(ids(['a', 'b'])).toEqual(['c']);
    expect(ids(['b', 'c'])).toEqual(['a']);
  });

  it('is shown at once where nothing was before, or where it is the one that is open', () => {
    expect(ids([])).toEqual([]);
    expect(ids(['gone'])).toEqual([]);
    expect(ids(['a', 'c'])).toEqual([]);
  });

  it('is not told from what moved up in a queue that is longer than its list', () => {
    expect(ids(['a'], false)).toEqual([]);
  });
});
