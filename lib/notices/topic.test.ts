import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_KINDS } from '#lib/events/event.ts';
import { TOPIC_NAMES, TOPICS, topicOf, waysOf, whyFixed } from './topic.ts';
import { readUnsubscribe, unsubscribeToken } from './unsubscribe-token.ts';

const booking = { renterId: 'usr_renter', hostId: 'usr_host' };
const facts = (kind: (typeof EVENT_KINDS)[number], of: 'booking' | 'machine' | 'account' = 'account') =>
  ({
    kind,
    booking: of === 'booking' ? booking : null,
    machine: of === 'account' ? null : { hostId: 'usr_host', rentals: [{ renterId: 'usr_renter' }] },
    adminIds: ['usr_admin'],
  }) as Parameters<typeof topicOf>[0];

describe('the topic of a notice', () => {
  it('is one of the matrix, whatever happened to whom', () => {
    for (const kind of EVENT_KINDS)
      for (const of of ['booking', 'machine', 'account'] as const)
        for (const userId of ['usr_renter', 'usr_host', 'usr_admin', 'usr_other'])
          expect(TOPIC_NAMES).toContain(topicOf(facts(kind, of), userId));
  });

  it.each([
    ['booking.connectable', 'booking', 'usr_renter', 'rentalReady'],
    ['booking.failed', 'booking', 'usr_renter', 'rentalTrouble'],
    ['booking.failed', 'booking', 'usr_host', 'hostEnded'],
    ['booking.ended', 'booking', 'usr_renter', 'rentalEnded'],
    ['booking.ended', 'booking', 'usr_host', 'hostEnded'],
    ['booking.made', 'booking', 'usr_host', 'hostBooked'],
    ['booking.moneyLow', 'booking', 'usr_renter', 'moneyLow'],
    ['machine.silent', 'machine', 'usr_host', 'machineTrouble'],
    ['machine.silent', 'machine', 'usr_renter', 'rentalTrouble'],
    ['machine.identityCopied', 'machine', 'usr_host', 'machineSafety'],
    ['machine.identityCopied', 'machine', 'usr_admin', 'desk'],
    ['listing.published', 'machine', 'usr_admin', 'desk'],
    ['dispute.opened', 'booking', 'usr_host', 'disputes'],
    ['payout.failed', 'account', 'usr_x', 'payoutTrouble'],
    ['payout.sent', 'account', 'usr_x', 'payouts'],
    ['wallet.chargebackOpened', 'account', 'usr_x', 'payments'],
    ['wallet.toppedUp', 'account', 'usr_x', 'toppedUp'],
    ['sshKey.added', 'account', 'usr_x', 'security'],
    ['twoStep.off', 'account', 'usr_x', 'security'],
    ['session.tokenMade', 'account', 'usr_x', 'security'],
    ['account.passwordChanged', 'account', 'usr_x', 'security'],
    ['jobs.ended', 'account', 'usr_x', 'jobs'],
    ['request.matched', 'account', 'usr_x', 'requests'],
    ['books.wrong', 'account', 'usr_admin', 'desk'],
    ['report.decided', 'account', 'usr_x', 'other'],
    ['message.sent', 'booking', 'usr_host', 'messages'],
    ['review.revealed', 'booking', 'usr_renter', 'reviews'],
    ['search.matched', 'account', 'usr_x', 'requests'],
  ] as const)('of %s on a %s for %s is %s', (kind, of, userId, topic) => {
    expect(topicOf(facts(kind, of), userId)).toBe(topic);
  });

  it('is heard of as it was chosen, but for money and safety, which are always heard of', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TOPIC_NAMES),
        fc.record({ inApp: fc.boolean(), mail: fc.boolean() }),
        fc.boolean(),
        (name, chosen, mail) => {
          const way = waysOf(name, chosen, { mail });
          expect(way).toEqual(whyFixed(name) === null ? chosen : { inApp: true, mail });
          expect(waysOf(name, undefined, { mail })).toEqual({ inApp: true, mail });
        },
      ),
    );
    const fixed = TOPIC_NAMES.filter((name) => whyFixed(name) !== null);
    expect(fixed.sort()).toEqual(['disputes', 'machineSafety', 'moneyLow', 'payments', 'payoutTrouble', 'security']);
  });
});

describe('the token of a mail', () => {
  const secret = 'a secret of at least 32 characters, truly';

  it('names whose mails of what end, and nothing else of it is believed', () => {
    const token = unsubscribeToken({ userId: 'usr_ada', topic: 'rentalReady' }, secret);
    expect(readUnsubscribe(token, secret)).toEqual({ userId: 'usr_ada', topic: 'rentalReady' });
    for (const wrong of [
      token.replace('usr_ada', 'usr_eve'),
      token.replace('rentalReady', 'rentalEnded'),
      `${token}x`,
      `${token}.x`,
      'usr_ada.rentalReady.',
      '',
    ])
      expect(readUnsubscribe(wrong, secret)).toBeNull();
    expect(readUnsubscribe(token, `${secret}!`)).toBeNull();
  });

  it('is worth nothing for what cannot be switched off', () => {
    for (const topic of TOPIC_NAMES.filter((name) => whyFixed(name) !== null))
      expect(readUnsubscribe(unsubscribeToken({ userId: 'usr_ada', topic }, secret), secret)).toBeNull();
    expect(Object.keys(TOPICS).every((name) => !name.includes('.'))).toBe(true);
  });
});
