import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, type EventKind } from '#lib/events/event.ts';
import type { EventFacts } from './event-facts.ts';
import { noticesOf } from './notice.ts';
import { MOST_ATTEMPTS, nextTry } from './outbox.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

function facts(kind: EventKind, more: Partial<EventFacts> = {}): EventFacts {
  return {
    kind,
    actorId: null,
    userId: 'usr_owner',
    reason: null,
    data: {},
    at: NOW,
    booking: {
      id: 'bkg_1',
      name: 'training',
      renterId: 'usr_renter',
      hostId: 'usr_host',
      reason: null,
      endsAt: new Date('2026-11-24T09:30:00Z'),
      ofJob: false,
      diskUntil: null,
      startedAt: NOW,
      chargedMicros: 1_250_000n,
      creditedMicros: 1_125_000n,
      feeMicros: 125_000n,
      refundedMicros: 0n,
    },
    machine: {
      id: 'mch_1',
      name: 'attic',
      hostId: 'usr_host',
      rentals: [
        { id: 'bkg_1', name: 'training', renterId: 'usr_renter' },
        { id: 'bkg_2', name: 'second', renterId: 'usr_renter' },
      ],
    },
    adminIds: ['usr_admin'],
    ...more,
  };
}

const told = (kind: EventKind, more: Partial<EventFacts> = {}) =>
  noticesOf(facts(kind, more)).map(({ userId, title }) => [userId, title]);

describe('a machine that refuses the public log', () => {
  it('is told to its host and to every admin, in its own words, by mail too', () => {
    const notices = noticesOf(facts('log.refused', { reason: 'The log shows two histories.' }));
    expect(notices.map(({ userId, link, mail }) => [userId, link, mail])).toEqual([
      ['usr_host', '/host/machines/mch_1', true],
      ['usr_admin', '/log', true],
    ]);
    for (const { title, body } of notices) {
      expect(title).toBe('“attic” refuses the public log');
      expect(body).toContain('The log shows two histories.');
    }
  });
});

describe('whom an event is told', () => {
  it('is each person once at most, whatever happened and however little is known of it', () => {
    for (const kind of EVENT_KINDS) {
      const people = noticesOf(facts(kind)).map((notice) => notice.userId);
      expect(new Set(people).size).toBe(people.length);
      expect(noticesOf(facts(kind, { booking: null, machine: null, userId: null, data: { name: 7 } }))).toEqual([]);
      for (const notice of noticesOf(facts(kind))) {
        expect(notice.link ?? '/notices').toMatch(/^\/[a-z]/);
        expect(`${notice.title} ${notice.body}`).not.toMatch(/undefined|null|\[object|\s{2,}/);
      }
    }
  });

  it('is the renter and the host of a rental', () => {
    expect(told('booking.made')).toEqual([['usr_host', '“attic” was booked']]);
    expect(told('booking.connectable')).toEqual([['usr_renter', '“training” is ready']]);
    expect(told('booking.ended')).toEqual([
      ['usr_renter', '“training” has ended'],
      ['usr_host', 'A rental on “attic” has ended'],
    ]);
    expect(told('booking.windowEnding')).toEqual([['usr_renter', '“training” ends at 24 Nov 2026, 09:30 UTC']]);
    expect(told('booking.moneyRanOut')).toEqual([['usr_renter', 'The money for “training” ran out']]);
  });

  it('is told what it cost and what it earned', () => {
    const ended = noticesOf(facts('booking.ended')).map((notice) => notice.body);
    expect(ended).toEqual([
      'It cost $1.25. The bill is on its page. Say how it was there, within fourteen days.',
      'You earned $1.125.',
    ]);
    const low = noticesOf(facts('booking.moneyLow', { data: { runwaySeconds: 3_540 } }));
    expect(low[0]?.body).toMatch(/^It lasts about 59 minutes\./);
  });

  it('is told once of money that ran out, of a cap, and of a host who gives notice', () => {
    expect(told('booking.moneyRanOut', { data: { reason: 'capReached' } })).toEqual([
      ['usr_renter', '“training” reached your cap'],
    ]);
    for (const reason of ['moneyRanOut', 'capReached', 'hostEnded'])
      expect(told('booking.stopped', { data: { reason } })).toEqual([]);
    expect(told('booking.stopped', { data: { reason: 'exited' } })).toEqual([['usr_renter', '“training” was stopped']]);
    const data = { reason: 'hostEnded', lastsUntil: '2026-11-23T13:00:00Z' };
    expect(told('booking.hostEnding', { data })).toEqual([
      ['usr_renter', 'The host ends “training” at 23 Nov 2026, 13:00 UTC'],
    ]);
    expect(told('booking.hostEnding')).toEqual([['usr_renter', 'The host called “training” off']]);
  });

  it('is both sides when staff end a rental, and nobody else when the renter does', () => {
    const staff = noticesOf(facts('booking.endAsked', { data: { reason: 'staffEnded' }, reason: 'stolen machine' }));
    expect(staff.map((notice) => [notice.userId, notice.body])).toEqual([
      ['usr_renter', 'It cost $1.25. Reason given: stolen machine'],
      ['usr_host', 'You earned $1.125. Reason given: stolen machine'],
    ]);
    expect(told('booking.endAsked', { data: { reason: 'renterEnded' } })).toEqual([]);
  });

  it('is the renter once when both of their rentals stand on a machine that falls silent', () => {
    expect(told('machine.silent', { booking: null })).toEqual([
      ['usr_host', '“attic” does not answer'],
      ['usr_renter', 'The machine of “training” does not answer'],
    ]);
  });

  it('is nobody when renters stop their own rental, and the host of a reason when staff suspends a listing', () => {
    const booking = facts('booking.stopped').booking;
    if (booking === null) throw new Error('no booking');
    expect(told('booking.stopped', { booking: { ...booking, reason: 'renterStopped' } })).toEqual([]);
    const suspended = noticesOf(
      facts('listing.suspended', { booking: null, actorId: 'usr_admin', reason: 'wrong GPU' }),
    );
    expect(suspended).toMatchObject([
      { userId: 'usr_host', body: expect.stringContaining('Reason given: wrong GPU'), mail: true },
    ]);
  });

  it('does not tell a host what image a renter chose, only what concerns the machine', () => {
    const booking = facts('booking.failed').booking;
    if (booking === null) throw new Error('no booking');
    const failed = (reason: string) => noticesOf(facts('booking.failed', { booking: { ...booking, reason } }))[1]?.body;
    expect(failed('imageNotFound')).toBe('It did not go on because of what was to run in it.');
    expect(failed('diskFull')).toMatch(/disk of the machine is full/);
  });

  it('keeps very long names short', () => {
    const machine = facts('booking.made').machine;
    if (machine === null) throw new Error('no machine');
    const [notice] = noticesOf(facts('booking.made', { machine: { ...machine, name: '👾'.repeat(300) } }));
    expect([...(notice?.title ?? '')].length).toBeLessThan(90);
  });
});

describe('a host who is paid', () => {
  const about = { booking: null, machine: null, userId: 'usr_host' };
  const paid = { payoutId: 'pay_1', provider: 'stripe', amountMicros: '90000000', failure: null };

  it('hears when it is sent, arrives, fails or comes back, by mail where there is something to know', () => {
    const of = (kind: EventKind, data: Record<string, unknown> = paid) => noticesOf(facts(kind, { ...about, data }))[0];
    expect(of('payout.asked')).toBeUndefined();
    expect(of('payout.sent')).toMatchObject({ mail: true, link: '/host/payouts' });
    expect(of('payout.arrived')?.body).toBe('Your bank has $90.00.');
    const failure = 'The bank account has been closed';
    expect(of('payout.returning', { ...paid, failure })?.body).toContain(
      'They said: The bank account has been closed.',
    );
    expect(of('payout.failed')).toMatchObject({ mail: true });
    expect(of('payout.arrived', { ...paid, provider: 'sandbox' })?.body).toContain('sandbox');
    expect(of('reserve.released', { amountMicros: '10000000' })).toMatchObject({ mail: false });
  });

  it('hears what the payout account needs, and nothing while the provider looks at it', () => {
    const of = (state: string, missing: string[] = []) =>
      noticesOf(facts('payoutAccount.changed', { ...about, data: { state, missing } }))[0];
    expect(of('incomplete', ['a name', 'an address'])?.body).toContain('Still asked for: a name, an address.');
    expect(of('ready')?.title).toBe('You can be paid out');
    expect(of('closed')).toMatchObject({ mail: true });
    expect(of('checking')).toBeUndefined();
  });

  it('leaves books that differ from the provider to the admins', () => {
    const told = noticesOf(facts('reconciliation.differs', { ...about, userId: null, data: { differences: 2 } }));
    expect(told).toMatchObject([{ userId: 'usr_admin', link: '/admin/reconciliation', mail: true }]);
  });
});

describe('a letter that cannot be sent', () => {
  it('waits longer each time, and about two days in all', () => {
    const waits = Array.from(
      { length: MOST_ATTEMPTS - 1 },
      (_, index) => (nextTry(index + 1, NOW).getTime() - NOW.getTime()) / 1_000,
    );
    expect(waits.slice(0, 4)).toEqual([30, 60, 120, 240]);
    expect(Math.max(...waits)).toBe(21_600);
    const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400;
    expect(days).toBeGreaterThan(0.9);
    expect(days).toBeLessThan(2.1);
  });
});

describe('jobs', () => {
  const ended = (counts: Record<string, number>) =>
    noticesOf(
      facts('jobs.ended', { booking: null, machine: null, data: { arrayId: 'jar_1', name: 'sweep', ...counts } }),
    );

  it('tell their renter once all of them have ended, and how', () => {
    expect(ended({ size: 3, succeeded: 3, failed: 0, cancelled: 0, expired: 0 })).toMatchObject([
      {
        userId: 'usr_owner',
        title: '“sweep” is done',
        link: '/jobs/jar_1',
        body: expect.stringContaining('3 of 3 succeeded'),
      },
    ]);
    expect(ended({ size: 3, succeeded: 1, failed: 1, cancelled: 0, expired: 1 })[0]?.body).toContain(
      '1 of 3 succeeded, 1 failed, 1 expired.',
    );
    expect(ended({ size: 1, succeeded: 0, failed: 1, cancelled: 0, expired: 0 })[0]?.body).toContain('did not succeed');
  });

  it('and their bookings tell nobody of each coming and going', () => {
    const { booking } = facts('booking.made');
    if (booking === null) throw new Error('no booking');
    for (const kind of ['booking.made', 'booking.connectable', 'booking.stopped', 'booking.ended'] as const)
      expect(noticesOf(facts(kind, { booking: { ...booking, ofJob: true } }))).toEqual([]);
  });

  it('say nothing to who cancelled all of them', () => {
    expect(ended({ size: 2, succeeded: 0, failed: 0, cancelled: 2, expired: 0 })).toEqual([]);
  });
});

describe('a rental that yields', () => {
  const body = (yieldsFor?: string) => noticesOf(facts('booking.interrupting', { data: { yieldsFor } }))[0]?.body;

  it('tells its renter for what: that somebody has the machine only where that is so', () => {
    expect(body('ownBid')).toMatch(/^Your bid is below its price\. Its program was signalled\./);
    expect(body('windowEnd')).toMatch(/^The time for which the machine could be had is over\. /);
    expect(body('onDemand')).toMatch(/^Somebody booked the machine on demand\. /);
    for (const unknown of [undefined, 'toString']) expect(body(unknown)).toMatch(/^Its program was signalled\. /);
  });
});

describe('an instant in a notice', () => {
  const title = (times: EventFacts['times']) => noticesOf(facts('booking.interrupting', { times }))[0]?.title;

  it('is written as its reader wants times shown, with the zone named', () => {
    expect(title(undefined)).toBe('“training” yields at 24 Nov 2026, 09:30 UTC');
    expect(title({ timeZone: null, locale: null })).toBe('“training” yields at 24 Nov 2026, 09:30 UTC');
    expect(title({ timeZone: 'Europe/Berlin', locale: 'sv-SE' })).toBe('“training” yields at 24 nov. 2026 10:30 CET');
    expect(title({ timeZone: 'Asia/Tokyo', locale: null })).toBe('“training” yields at 24 Nov 2026, 18:30 GMT+9');
    expect(title({ timeZone: 'America/New_York', locale: 'en-US' })).toBe(
      '“training” yields at Nov 24, 2026, 4:30 AM GMT-5',
    );
  });

  it('is the zone’s name at that instant, not now: summer and winter differ', () => {
    const summer = {
      booking: {
        ...(facts('booking.interrupting').booking ?? expect.fail()),
        endsAt: new Date('2026-07-01T09:30:00Z'),
      },
    };
    const times = { timeZone: 'Europe/Berlin', locale: null };
    expect(noticesOf(facts('booking.interrupting', { ...summer, times }))[0]?.title).toContain('11:30 CEST');
  });
});
