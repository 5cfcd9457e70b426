import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventText, eventTime, readIcalendar, textOf } from '#tests/support/icalendar.ts';
import { type CalendarEvent, icalendar } from './icalendar.ts';

const NOW = new Date('2026-11-27T10:30:00.750Z');
const event = (change: Partial<CalendarEvent> = {}): CalendarEvent => ({
  uid: 'bkg_1@market.example',
  startsAt: new Date('2026-11-28T22:00:00Z'),
  endsAt: new Date('2026-11-29T06:00:00Z'),
  summary: 'Training',
  description: 'Reserved.',
  url: 'https://market.example/bookings/bkg_1',
  ...change,
});
const written = (events: readonly CalendarEvent[]) =>
  icalendar({ name: 'Rentals', events, now: NOW, everyMinutes: 60 });

describe('a calendar as text', () => {
  it('is by the grammar of RFC 5545, in UTC, line for line', () => {
    expect(written([event()]).split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Sublet//Calendar 1//EN',
      'CALSCALE:GREGORIAN',
      'NAME:Rentals',
      'X-WR-CALNAME:Rentals',
      'REFRESH-INTERVAL;VALUE=DURATION:PT60M',
      'X-PUBLISHED-TTL:PT60M',
      'BEGIN:VEVENT',
      'UID:bkg_1@market.example',
      'DTSTAMP:20261127T103000Z',
      'DTSTART:20261128T220000Z',
      'DTEND:20261129T060000Z',
      'SUMMARY:Training',
      'DESCRIPTION:Reserved.',
      'URL:https://market.example/bookings/bkg_1',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('is one without events too, which still has a component', () => {
    expect(readIcalendar(written([])).components.map(({ name }) => name)).toEqual(['VTIMEZONE']);
  });

  it('keeps whatever people wrote: separators, quotes, ends of lines, any script, and no control character', () => {
    const people = fc.string({ unit: 'binary', maxLength: 300 });
    const tricky = fc.array(fc.constantFrom('\\', ';', ',', ':', '"', '\n', 'n', '€', '𝄞', '\t', ' ', 'x'), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          people,
          tricky.map((parts) => parts.join('')),
        ),
        people,
        (summary, description) => {
          const [only] = readIcalendar(written([event({ summary, description })])).components;
          const plain = (text: string) =>
            text
              .toWellFormed()
              .replace(/\r\n?/g, '\n')
              .replace(/[^\P{Cc}\n\u0080-\u009f]/gu, ' ');
          expect(only && eventText(only, 'SUMMARY')).toBe(plain(summary));
          expect(only && eventText(only, 'DESCRIPTION')).toBe(plain(description));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no event that ends before it begins, however short it is', () => {
    const startsAt = new Date('2026-11-28T22:00:00.900Z');
    const [short] = readIcalendar(written([event({ startsAt, endsAt: new Date(startsAt.getTime() + 1) })])).components;
    expect(short && Number(eventTime(short, 'DTEND')) - Number(eventTime(short, 'DTSTART'))).toBe(1_000);
  });

  it('is read by a reader that takes nothing else', () => {
    const good = written([event()]);
    const bad: [string, string][] = [
      [good.replace('VERSION:2.0\r\n', ''), 'VERSION'],
      [good.replaceAll('\r\n', '\n'), 'end'],
      [good.replace('Reserved.', 'a,b'), 'DESCRIPTION'],
      [good.replace('Reserved.', 'x'.repeat(80)), 'octets'],
      [good.replace('END:VEVENT\r\n', ''), 'end'],
      [good.replace('20261129T060000Z', '20261127T060000Z'), 'before it begins'],
      [good.replace('20261129T060000Z', '20261129T060000'), 'UTC'],
      [good.replace(/BEGIN:VEVENT.*END:VEVENT\r\n/s, ''), 'without a component'],
    ];
    for (const [text, why] of bad) expect(() => readIcalendar(text)).toThrow(why);
    expect(textOf({ name: 'X', params: new Map(), value: 'a\\;b\\\\n\\nc' })).toBe('a;b\\n\nc');
  });
});
