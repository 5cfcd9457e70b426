import { describe, expect, it } from 'vitest';
import { suspensionEffects } from './suspension.ts';

const none = {
  rentals: 0,
  reservations: 0,
  hosted: 0,
  listings: 0,
  bids: 0,
  jobs: 0,
  requests: 0,
  payouts: 0,
  freeMicros: 0n,
  owedMicros: 0n,
  admin: false,
};

describe('what a suspension does', () => {
  it('is said of an empty account in a few lines', () => {
    expect(suspensionEffects(none)).toHaveLength(4);
    expect(suspensionEffects(none).join(' ')).toContain('keeps its data and the history of its money');
  });

  it('names what the account has now, and nothing that it has not', () => {
    const all = suspensionEffects({
      ...none,
      rentals: 2,
      listings: 1,
      hosted: 3,
      payouts: 1,
      owedMicros: 5_000_000n,
      freeMicros: 7_000_000n,
      bids: 1,
      admin: true,
    });
    const text = all.join(' ');
    for (const said of [
      '2 running rentals go on',
      '1 listing disappears',
      '3 rentals of other people',
      '1 payout waits',
      '$5.00',
      '$7.00',
      '1 bid, 0 waiting jobs',
      'the desk closes',
    ])
      expect(text).toContain(said);
    expect(text).not.toContain('reserved window');
  });
});
