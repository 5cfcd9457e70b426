import { describe, expect, it } from 'vitest';
import { confirmationLetter, type Letter, letterText, type NewMail, resetLetter } from '#lib/auth/letter.ts';
import { EVENT_KINDS } from '#lib/events/event.ts';
import type { EventFacts } from './event-facts.ts';
import { DARK, LIGHT } from './letter-colours.ts';
import { letterHtml } from './letter-html.ts';
import { letterOfNotice } from './letter-of-notice.ts';
import { noticesOf } from './notice.ts';
import { topicOf } from './topic.ts';

const HOSTILE = '<img src=x onerror=alert(1)> & "Ada"';
const NOW = new Date('2026-11-23T12:00:00Z');
const market = { publicUrl: 'https://gpus.example', secret: 'a secret of at least 32 characters' };

/** Facts that nearly every notice can be made of, with names that try to be markup. */
const FACTS: Omit<EventFacts, 'kind'> = {
  actorId: null,
  userId: 'usr_owner',
  reason: HOSTILE,
  data: {
    name: HOSTILE,
    label: HOSTILE,
    fingerprint: 'SHA256:x',
    amountMicros: '5000000',
    requestId: 'srq_1',
    arrayId: 'jar_1',
    size: 2,
    succeeded: 1,
    failed: 1,
    passed: false,
    waits: true,
    tell: true,
    state: 'ready',
    disputeId: 'dsp_1',
    failure: HOSTILE,
  },
  at: NOW,
  booking: {
    id: 'bkg_1',
    name: HOSTILE,
    renterId: 'usr_renter',
    hostId: 'usr_host',
    reason: 'machineLost',
    endsAt: NOW,
    ofJob: false,
    diskUntil: NOW,
    startedAt: NOW,
    chargedMicros: 1_250_000n,
    creditedMicros: 1_125_000n,
    feeMicros: 125_000n,
    refundedMicros: 0n,
  },
  machine: {
    id: 'mch_1',
    name: HOSTILE,
    hostId: 'usr_host',
    rentals: [{ id: 'bkg_1', name: HOSTILE, renterId: 'usr_renter' }],
  },
  adminIds: ['usr_admin'],
};

const to = { email: 'ada@example.org', name: HOSTILE };

function everyMail(): (readonly [string, NewMail])[] {
  const notices = EVENT_KINDS.flatMap((kind) =>
    [FACTS, { ...FACTS, booking: null }].flatMap((facts) =>
      noticesOf({ ...facts, kind }).map(
        (notice) =>
          [
            `${kind} to ${notice.userId}`,
            letterOfNotice(notice, topicOf({ ...facts, kind }, notice.userId), to, market),
          ] as const,
      ),
    ),
  );
  return [
    ['confirmation', confirmationLetter(to, market.publicUrl, 'token')],
    ['reset', resetLetter(to, market.publicUrl, 'token')],
    ...notices,
  ];
}

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;');

function wordsOf(letter: Letter): string[] {
  const footer = letter.footer === null ? [] : [letter.footer.text, letter.footer.url];
  const action = letter.action === null ? [] : [letter.action.url];
  return [letter.heading, ...letter.paragraphs, letter.after ?? '', ...action, ...footer].filter((text) => text !== '');
}

describe('every mail of this market', () => {
  const mails = everyMail();

  it('is many kinds', () => {
    expect(mails.length).toBeGreaterThan(60);
  });

  it('says the same as HTML and as plain text, lets nobody write markup, and fetches nothing', async () => {
    for (const [what, { subject, letter }] of mails) {
      const html = await letterHtml(letter, subject);
      const text = letterText(letter);
      for (const words of wordsOf(letter)) {
        expect(text, what).toContain(words);
        expect(html, what).toContain(escaped(words));
      }
      expect(html, what).not.toContain('<img src=x');
      expect(html, what).not.toMatch(/<script|<iframe|<link /i);
      // The mark travels along; a picture from outside would tell when the mail was opened.
      expect(
        [...html.matchAll(/\ssrc="([^"]*)"/g)].map(([, src]) => src),
        what,
      ).toEqual(['cid:mark@sublet']);
      expect(html, what).not.toMatch(/url\(/);
      expect(html, what).toContain('prefers-color-scheme: dark');
      // What mail programs cut off is over 102 KB.
      expect(html.length, what).toBeLessThan(20_000);
    }
  });

  it('leads to the page that it is about', () => {
    for (const [what, { letter }] of mails) {
      if (letter.action === null) continue;
      const { pathname, origin } = new URL(letter.action.url);
      expect(origin, what).toBe(market.publicUrl);
      expect(pathname.length, what).toBeGreaterThan(1);
    }
    const deep = new Map(mails.map(([what, { letter }]) => [what, letter.action?.url]));
    expect(deep.get('booking.connectable to usr_renter')).toBe('https://gpus.example/bookings/bkg_1');
    expect(deep.get('machine.selfTested to usr_host')).toBe('https://gpus.example/host/machines/mch_1');
    expect(deep.get('sshKey.added to usr_owner')).toBe('https://gpus.example/account/keys');
  });
});

describe('the colours of a mail', () => {
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one: string, other: string) => {
    const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  it.each([
    ['light', LIGHT],
    ['dark', DARK],
  ] as const)('can be read, in %s', (_, colours) => {
    for (const [text, ground] of [
      [colours.ink, colours.surface],
      [colours.muted, colours.surface],
      [colours.ink, colours.canvas],
      [colours.muted, colours.canvas],
      [colours.onAccent, colours.accent],
    ] as const)
      expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
  });
});
