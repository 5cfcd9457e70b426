import { describe, expect, it } from 'vitest';
import { factsOf, factText } from './audit.ts';

describe('the facts of an event', () => {
  it('say a change as one line, from before to after', () => {
    const facts = factsOf({ minGpus: 2, previousMinGpus: 1, endsAt: null, previousEndsAt: null, name: 'attic' });
    expect(facts.map(factText)).toEqual(['min GPUs: 1 → 2', 'ends at: none', 'name: attic']);
  });

  it('say money, sizes, times and words of the code as people read them, and leave alone what somebody typed', () => {
    const facts = factsOf({
      priceMicrosPerGpuHour: '350000',
      previousPriceMicrosPerGpuHour: '400000',
      heldMicros: 1_500_000,
      diskBytes: '8589934592',
      reserveSeconds: 7_200,
      endsAt: '2026-11-27T16:22:05.000Z',
      approved: true,
      previousApproved: false,
      reason: 'jobOver',
      rules: ['oneAddress', 'cardRefused'],
      closedReason: 'moneyRanOut',
      name: 'myModel',
      models: [],
      capped: null,
      counts: { failedJobs: 2 },
    });
    expect(facts.map(factText)).toEqual([
      'price per GPU hour: $0.40 → $0.35',
      'held: $1.50',
      'disk: 8 GiB',
      'reserve: 2 hours',
      'ends at: 2026-11-27 16:22 UTC',
      'approved: no → yes',
      'reason: The job that it was part of is over.',
      'rules: one address, card refused',
      'closed reason: money ran out',
      'name: myModel',
      'models: none',
      'capped: none',
      'counts: failed jobs 2',
    ]);
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
