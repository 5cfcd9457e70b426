/** A calendar as text that every calendar app reads: iCalendar, RFC 5545. Pure. */

/** Something with a beginning and an end. Times are written in UTC, so that no zone's rules are needed. */
export type CalendarEvent = {
  /** Stays the same however often it is written: by it an app knows it again. */
  readonly uid: string;
  readonly startsAt: Date;
  /** After the beginning. */
  readonly endsAt: Date;
  readonly summary: string;
  readonly description: string;
  /** Where it is looked at; an absolute address. */
  readonly url: string;
};

export type CalendarText = {
  readonly name: string;
  readonly events: readonly CalendarEvent[];
  /** When it was written. */
  readonly now: Date;
  /** How often an app should ask again, in whole minutes. */
  readonly everyMinutes: number;
};

const LINE_OCTETS = 75;
const UTF8 = new TextEncoder();

/** The text of a calendar: lines that end with CR and LF, none longer than 75 octets. */
export function icalendar({ name, events, now, everyMinutes }: CalendarText): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Sublet//Calendar 1//EN',
    'CALSCALE:GREGORIAN',
    `NAME:${text(name)}`,
    // What apps read that do not know RFC 7986.
    `X-WR-CALNAME:${text(name)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:PT${everyMinutes}M`,
    `X-PUBLISHED-TTL:PT${everyMinutes}M`,
    ...(events.length === 0 ? NO_EVENTS : events.flatMap((event) => eventLines(event, now))),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

/** A calendar has one component at least (section 3.6): the zone that all times are in. */
const NO_EVENTS: readonly string[] = [
  'BEGIN:VTIMEZONE',
  'TZID:Etc/UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
];

function eventLines(event: CalendarEvent, now: Date): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${text(event.uid)}`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(event.startsAt)}`,
    `DTEND:${utc(lastSecond(event))}`,
    `SUMMARY:${text(event.summary)}`,
    `DESCRIPTION:${text(event.description)}`,
    `URL:${event.url}`,
    // A GPU is busy, not the person.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** Seconds are the smallest that there are: what is shorter than one lasts one. */
function lastSecond({ startsAt, endsAt }: CalendarEvent): Date {
  return new Date(Math.max(endsAt.getTime(), startsAt.getTime() + 1_000));
}

/** "20261127T103000Z". */
function utc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** A value of the type TEXT (section 3.3.11): no control characters but the end of a line, which is written as \n. */
function text(value: string): string {
  return value
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\u0080-\u009f]/gu, ' ')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');
}

/** A long line in parts (section 3.1), each but the first after a blank; no character of several octets is cut. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const more = UTF8.encode(character).length;
    if (octets + more > LINE_OCTETS) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += more;
  }
  return [...parts, part].join('\r\n');
}
