import { describe, expect, it } from 'vitest';
import { factsOf, factText } from './audit.ts';

describe('the facts of an event', () => {
  it('say a change as one line, from before to after', () => {
    const facts = factsOf({ minGpus: 2, previousMinGpus: 1, endsAt: null, previousEndsAt: null, name: 'attic' });
    expect(facts.map(factText)).toEqual(['min gpus: 1 → 2', 'ends at: none', 'name: attic']);
  });

  it('leave out what sounds like a secret, and anything that is no list of facts', () => {
    expect(
      factsOf({ tokenHash: 'x', newPassword: 'y', sealedEnvironment: 'z', recoveryCodes: ['a'], label: 'laptop' }).map(
        ({ label }) => label,
      ),
    ).toEqual(['label']);
    for (const nothing of [null, undefined, 'text', 7, ['a']]) expect(factsOf(nothing)).toEqual([]);
  });
});
