import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#lib/base/time.ts';
import {
  ALWAYS,
  type Calendar,
  type Hours,
  nextBlock,
  nextOpening,
  openBetween,
  openNow,
  whyNotWindow,
} from './calendar.ts';
import { instantOf, isZone, WEEKDAYS, wallAt, weekdayOf } from './wall-clock.ts';

const NIGHTS: Hours = { days: [1, 2, 3, 4, 5], fromMinute: 22 * 60, toMinute: 7 * 60 };
const WEEKENDS: Hours = { days: [6, 7], fromMinute: 0, toMinute: 1_440 };
const calendar = (change: Partial<Calendar>): Calendar => ({ ...ALWAYS, ...change });
const at = (text: string) => new Date(text);
const open = (of: Calendar, from: string, until: string) =>
  openBetween(of, at(from).getTime(), at(until).getTime()).map(([start, end]) => [
    new Date(start).toISOString(),
    new Date(end).toISOString(),
  ]);

describe('hours that come back each week', () => {
  it('are open on weeknights from 22:00 to 07:00 and all the weekend', () => {
    const berlin = calendar({ zone: 'Europe/Berlin', hours: [NIGHTS, WEEKENDS] });
    // Wednesday to Monday in winter: UTC+1. Friday night runs into the weekend without a break.
    expect(open(berlin, '2026-11-25T12:00:00Z', '2026-11-30T12:00:00Z')).toEqual([
      ['2026-11-25T21:00:00.000Z', '2026-11-26T06:00:00.000Z'],
      ['2026-11-26T21:00:00.000Z', '2026-11-27T06:00:00.000Z'],
      ['2026-11-27T21:00:00.000Z', '2026-11-29T23:00:00.000Z'],
    ]);
  });

  it('are always open when there are none', () => {
    expect(openNow(ALWAYS, at('2026-11-25T12:00:00Z'))).toEqual({ closesAt: null });
  });

  it('say when they open next, and until when they are open', () => {
    const berlin = calendar({ zone: 'Europe/Berlin', hours: [NIGHTS] });
    expect(openNow(berlin, at('2026-11-25T12:00:00Z'))).toBeNull();
    expect(nextOpening(berlin, at('2026-11-25T12:00:00Z'))).toEqual(at('2026-11-25T21:00:00Z'));
    expect(openNow(berlin, at('2026-11-25T21:00:00Z'))).toEqual({ closesAt: at('2026-11-26T06:00:00Z') });
    // The last instant before closing is open, closing itself is not.
    expect(openNow(berlin, at('2026-11-26T05:59:59.999Z'))).toEqual({ closesAt: at('2026-11-26T06:00:00Z') });
    expect(openNow(berlin, at('2026-11-26T06:00:00Z'))).toBeNull();
  });

  it('that touch each other are one stretch, over weeks as well', () => {
    const days = calendar({ hours: [{ days: [...WEEKDAYS], fromMinute: 0, toMinute: 1_440 }] });
    expect(openNow(days, at('2026-11-25T12:00:00Z'))).toEqual({ closesAt: null });
    const block = { kind: 'block' as const, startsAt: at('2026-12-20T00:00:00Z'), endsAt: at('2026-12-21T00:00:00Z') };
    expect(openNow({ ...days, blocks: [block] }, at('2026-11-25T12:00:00Z'))).toEqual({ closesAt: block.startsAt });
  });

  it('never open again behind a block of two years', () => {
    const never = calendar({
      hours: [NIGHTS],
      blocks: [{ kind: 'block', startsAt: at('2026-01-01'), endsAt: at('2028-01-01') }],
    });
    expect(nextOpening(never, at('2026-11-25T12:00:00Z'))).toBeNull();
  });
});

describe('days on which the clocks change', () => {
  const night = (zone: string, hours: Partial<Hours> = {}) =>
    calendar({ zone, hours: [{ days: [...WEEKDAYS], fromMinute: 22 * 60, toMinute: 7 * 60, ...hours }] });
  const lengths = (of: Calendar, from: string, until: string) =>
    openBetween(of, at(from).getTime(), at(until).getTime()).map(([start, end]) => (end - start) / HOUR);

  it.each([
    // zone, noon before, noon after, hours of the night 22:00 to 07:00
    ['Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z', 8],
    ['Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z', 10],
    ['America/New_York', '2026-03-07T17:00:00Z', '2026-03-08T17:00:00Z', 8],
    ['America/New_York', '2026-10-31T17:00:00Z', '2026-11-01T17:00:00Z', 10],
    // Half an hour.
    ['Australia/Lord_Howe', '2026-10-03T02:00:00Z', '2026-10-04T02:00:00Z', 8.5],
    ['Australia/Lord_Howe', '2026-04-04T02:00:00Z', '2026-04-05T02:00:00Z', 9.5],
    // Put back for Ramadan and forward after it.
    ['Africa/Casablanca', '2026-02-14T12:00:00Z', '2026-02-15T12:00:00Z', 10],
    ['Africa/Casablanca', '2026-03-21T12:00:00Z', '2026-03-22T12:00:00Z', 8],
    // No summer time at all.
    ['Asia/Kolkata', '2026-03-28T06:30:00Z', '2026-03-29T06:30:00Z', 9],
  ])('in %s from %s to %s the night lasts %d hours', (zone, from, until, hours) => {
    expect(lengths(night(zone), from, until)).toEqual([hours]);
  });

  it('opens where clocks are put forward over the hour, at that instant', () => {
    // 02:30 does not exist in Berlin on 29 March: clocks go from 02:00 to 03:00 at 01:00 UTC.
    expect(
      open(night('Europe/Berlin', { fromMinute: 150, toMinute: 300 }), '2026-03-28T23:00:00Z', '2026-03-29T12:00:00Z'),
    ).toEqual([['2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000Z']]);
    expect(
      open(night('Europe/Berlin', { fromMinute: 60, toMinute: 150 }), '2026-03-28T23:00:00Z', '2026-03-29T12:00:00Z'),
    ).toEqual([['2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z']]);
  });

  it('opens at the later and closes at the earlier of two equal times', () => {
    // 02:30 is shown twice in Berlin on 25 October: at 00:30 UTC and at 01:30 UTC.
    expect(
      open(night('Europe/Berlin', { fromMinute: 150, toMinute: 300 }), '2026-10-24T23:00:00Z', '2026-10-25T12:00:00Z'),
    ).toEqual([['2026-10-25T01:30:00.000Z', '2026-10-25T04:00:00.000Z']]);
    expect(
      open(night('Europe/Berlin', { fromMinute: 60, toMinute: 150 }), '2026-10-24T22:00:00Z', '2026-10-25T12:00:00Z'),
    ).toEqual([['2026-10-24T23:00:00.000Z', '2026-10-25T00:30:00.000Z']]);
  });

  it('leaves no hole between hours that touch each other at a time that the wall shows twice', () => {
    const always = { days: [...WEEKDAYS], fromMinute: 0, toMinute: 1_440 };
    // Midnight of 1 November is shown twice in Havana: clocks go from 01:00 back to it. In the Azores, on 25 October.
    for (const [zone, day] of [
      ['America/Havana', '2026-11-01'],
      ['Atlantic/Azores', '2026-10-25'],
    ] as const) {
      const from = at(`${day}T00:00:00Z`).getTime() - DAY;
      expect(openBetween(calendar({ zone, hours: [always] }), from, from + 3 * DAY)).toEqual([[from, from + 3 * DAY]]);
    }
    const halves = [
      { days: [...WEEKDAYS], fromMinute: 0, toMinute: 150 },
      { days: [...WEEKDAYS], fromMinute: 150, toMinute: 1_440 },
    ];
    expect(
      open(calendar({ zone: 'Europe/Berlin', hours: halves }), '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z'),
    ).toEqual([['2026-10-24T12:00:00.000Z', '2026-10-26T12:00:00.000Z']]);
  });

  it('keeps a window of several days whole over a change, over the end of a month and of a year', () => {
    const weekdays = calendar({ zone: 'Australia/Lord_Howe', hours: [{ ...NIGHTS, fromMinute: 0, toMinute: 1_440 }] });
    // From Monday to Friday, in a week that ends before and one that begins after half an hour was put back.
    expect(lengths(weekdays, '2026-03-29T00:00:00Z', '2026-04-12T00:00:00Z')).toEqual([120, 120]);
    const ends = calendar({ zone: 'Australia/Lord_Howe', hours: [{ days: [6, 7], fromMinute: 0, toMinute: 1_440 }] });
    expect(lengths(ends, '2026-04-03T00:00:00Z', '2026-04-06T00:00:00Z')).toEqual([48.5]);
    expect(lengths(ends, '2026-10-02T00:00:00Z', '2026-10-05T00:00:00Z')).toEqual([47.5]);
    const party = calendar({ zone: 'Asia/Kolkata', hours: [{ days: [4], fromMinute: 22 * 60, toMinute: 4 * 60 }] });
    // The last night of 2026 is a Thursday.
    expect(open(party, '2026-12-31T00:00:00Z', '2027-01-02T00:00:00Z')).toEqual([
      ['2026-12-31T16:30:00.000Z', '2026-12-31T22:30:00.000Z'],
    ]);
  });

  it('has no hours within a gap, and none on a day that a country skipped', () => {
    expect(
      open(night('Europe/Berlin', { fromMinute: 130, toMinute: 170 }), '2026-03-28T23:00:00Z', '2026-03-29T12:00:00Z'),
    ).toEqual([]);
    // Samoa went from 29 to 31 December 2011: the 30th never was.
    const friday = calendar({ zone: 'Pacific/Apia', hours: [{ days: [5], fromMinute: 0, toMinute: 1_440 }] });
    expect(open(friday, '2011-12-27T00:00:00Z', '2012-01-03T00:00:00Z')).toEqual([]);
  });

  it('refuses a window that crosses the change and is an hour too long for it, and says when the hours end', () => {
    const berlin = night('Europe/Berlin');
    const now = at('2026-03-20T12:00:00Z');
    // Nine hours from 22:00 are 08:00 on the wall that night.
    const nine = { startsAt: at('2026-03-28T21:00:00Z'), endsAt: at('2026-03-29T06:00:00Z') };
    expect(whyNotWindow(berlin, nine, now)).toMatchObject({ reason: 'hostClosed' });
    expect(whyNotWindow(berlin, nine, now)?.sentence).toContain('07:00 (Europe/Berlin)');
    expect(whyNotWindow(berlin, { ...nine, endsAt: at('2026-03-29T05:00:00Z') }, now)).toBeNull();
  });
});

describe('what is always so', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'America/Santiago',
    'Africa/Cairo',
    'Pacific/Chatham',
    'America/Havana',
  );
  const hours: fc.Arbitrary<Hours> = fc
    .record({
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
      fromMinute: fc.integer({ min: 0, max: 1_439 }),
      toMinute: fc.integer({ min: 0, max: 1_440 }),
    })
    .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute);
  const from = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 11, 1) });
  const blocks = fc.array(
    fc.record({ start: fc.integer({ min: -10, max: 40 }), length: fc.integer({ min: 1, max: 60 }) }),
    { maxLength: 4 },
  );

  /** Whether the wall says that a rule is open: by weekday and clock alone. */
  const wallSaysOpen = (zone: string, rules: readonly Hours[], instant: number) => {
    const { day, minute } = wallAt(zone, instant);
    const today = weekdayOf(day);
    const yesterday = today === 1 ? 7 : today - 1;
    return rules.some(({ days, fromMinute, toMinute }) => {
      const begun = days.some((one) => one === today) && minute >= fromMinute;
      if (toMinute > fromMinute) return begun && minute < toMinute;
      return begun || (days.some((one) => one === yesterday) && minute < toMinute);
    });
  };

  it('is open only when the clock on the wall says so, and closed then only around a change of clocks', () => {
    fc.assert(
      fc.property(
        zones,
        fc.array(hours, { minLength: 1, maxLength: 3 }),
        from,
        fc.integer({ min: 0, max: 5 * 1_440 }),
        (zone, rules, start, minutes) => {
          const probe = start - (start % MINUTE) + minutes * MINUTE;
          const isOpen = openBetween(calendar({ zone, hours: rules }), start - DAY, start + 7 * DAY).some(
            ([a, b]) => a <= probe && probe < b,
          );
          const said = wallSaysOpen(zone, rules, probe);
          if (isOpen) expect(said).toBe(true);
          else if (said) {
            // The wall shows this time twice, or it lies next to a change: within three hours the offset is another.
            const offset = (of: number) =>
              wallAt(zone, of).minute - new Date(of).getUTCMinutes() - 60 * new Date(of).getUTCHours();
            const offsets = new Set(
              [-25, -3, -2, -1, 0, 1, 2, 3, 25].map((h) => ((offset(probe + h * HOUR) % 1_440) + 1_440) % 1_440),
            );
            expect(offsets.size).toBeGreaterThan(1);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is open always where the hours of a week leave nothing out, whatever the clocks do', () => {
    fc.assert(
      fc.property(
        zones,
        fc.uniqueArray(fc.integer({ min: 1, max: 1_439 }), { maxLength: 3 }),
        from,
        (zone, cuts, start) => {
          const edges = [0, ...cuts.toSorted((a, b) => a - b), 1_440];
          const rules = edges.slice(1).map((toMinute, at) => ({
            days: [...WEEKDAYS],
            fromMinute: edges[at] ?? 0,
            toMinute,
          }));
          expect(openBetween(calendar({ zone, hours: rules }), start, start + 300 * DAY)).toEqual([
            [start, start + 300 * DAY],
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same hours however the time is cut, none in a block, in order and apart', () => {
    fc.assert(
      fc.property(
        zones,
        fc.array(hours, { maxLength: 3 }),
        from,
        fc.nat(9 * 24),
        blocks,
        (zone, rules, start, cut, made) => {
          const some = calendar({
            zone,
            hours: rules,
            blocks: made.map(({ start: at, length }) => ({
              kind: 'block',
              startsAt: new Date(start + at * 6 * HOUR),
              endsAt: new Date(start + (at * 6 + length) * HOUR),
            })),
          });
          const until = start + 10 * DAY;
          const middle = start + cut * HOUR;
          const whole = openBetween(some, start, until);
          const first = openBetween(some, start, middle);
          const second = openBetween(some, middle, until);
          const last = first.at(-1);
          const next = second[0];
          const joined =
            last !== undefined && next !== undefined && last[1] === next[0]
              ? [...first.slice(0, -1), [last[0], next[1]], ...second.slice(1)]
              : [...first, ...second];
          expect(joined).toEqual(whole);
          whole.forEach(([a, b], at) => {
            expect(a).toBeLessThan(b);
            if (at > 0) expect(a).toBeGreaterThan((whole[at - 1] as readonly [number, number])[1]);
            for (const block of some.blocks)
              expect(b <= block.startsAt.getTime() || a >= block.endsAt.getTime()).toBe(true);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets a window be reserved exactly when it lies in one open stretch', () => {
    fc.assert(
      fc.property(
        zones,
        fc.array(hours, { minLength: 1, maxLength: 2 }),
        from,
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 30 }),
        (zone, rules, start, offset, length) => {
          const some = calendar({ zone, hours: rules });
          const window = {
            startsAt: new Date(start + offset * HOUR),
            endsAt: new Date(start + (offset + length) * HOUR),
          };
          const inside = openBetween(some, start, start + 12 * DAY).some(
            ([a, b]) => a <= window.startsAt.getTime() && window.endsAt.getTime() <= b,
          );
          expect(whyNotWindow(some, window, new Date(start)) === null).toBe(inside);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes a wall clock to an instant that shows it, unless there is none or there are two', () => {
    fc.assert(
      fc.property(zones, from, fc.integer({ min: 0, max: 1_439 }), (zone, start, minute) => {
        const { day } = wallAt(zone, start);
        const opens = instantOf(zone, day, minute, 'opens');
        const closes = instantOf(zone, day, minute, 'closes');
        expect(closes).toBeLessThanOrEqual(opens);
        const shown = wallAt(zone, opens);
        if (shown.day === day && shown.minute === minute) return;
        // None shows it: it is an instant of change, and the wall jumps over it there.
        const before = wallAt(zone, opens - 1);
        expect(
          [before.day, before.minute] < [day, minute] ||
            before.day < day ||
            (before.day === day && before.minute < minute),
        ).toBe(true);
        expect(shown.day > day || (shown.day === day && shown.minute > minute)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe('why a window cannot be reserved', () => {
  const now = at('2026-11-23T12:00:00Z');
  const window = (from: string, to: string) => ({ startsAt: at(from), endsAt: at(to) });
  const why = (of: Partial<Calendar>, from: string, to: string) => whyNotWindow(calendar(of), window(from, to), now);

  it('ends before it begins, is no time at all, lies in the past or too far away', () => {
    expect(why({}, '2026-11-24T12:00:00Z', '2026-11-24T11:00:00Z')?.sentence).toBe('The window ends before it begins.');
    expect(why({}, '2026-11-24T12:00:00Z', '2026-11-24T12:00:00Z')?.sentence).toBe('The window ends before it begins.');
    expect(why({}, '2026-11-23T11:59:59.999Z', '2026-11-23T15:00:00Z')?.sentence).toBe(
      'The window begins in the past.',
    );
    expect(why({}, '2027-03-23T12:00:00Z', '2027-03-23T15:00:00Z')?.sentence).toContain('90 days');
    expect(why({}, 'never', '2027-03-23T15:00:00Z')?.sentence).toBe('This is no date.');
  });

  it('is too short, too long or too soon for the host', () => {
    expect(why({ leastSeconds: 7_200 }, '2026-11-24T12:00:00Z', '2026-11-24T13:59:59Z')?.sentence).toContain(
      'at least 2 hours',
    );
    expect(why({ leastSeconds: 7_200 }, '2026-11-24T12:00:00Z', '2026-11-24T14:00:00Z')).toBeNull();
    expect(why({ mostSeconds: 7_200 }, '2026-11-24T12:00:00Z', '2026-11-24T14:00:01Z')?.sentence).toContain(
      'at most 2 hours',
    );
    expect(why({ leadSeconds: 86_400 }, '2026-11-24T11:59:59Z', '2026-11-24T15:00:00Z')?.sentence).toContain('1 day');
    expect(why({ leadSeconds: 86_400 }, '2026-11-24T12:00:00Z', '2026-11-24T15:00:00Z')).toBeNull();
  });

  it('meets a block by a millisecond, but may touch it', () => {
    const blocks = [
      { kind: 'maintenance' as const, startsAt: at('2026-11-24T15:00:00Z'), endsAt: at('2026-11-24T18:00:00Z') },
    ];
    expect(why({ blocks }, '2026-11-24T12:00:00Z', '2026-11-24T15:00:00Z')).toBeNull();
    expect(why({ blocks }, '2026-11-24T12:00:00Z', '2026-11-24T15:00:00.001Z')?.sentence).toContain('in maintenance');
    expect(why({ blocks }, '2026-11-24T18:00:00Z', '2026-11-24T19:00:00Z')).toBeNull();
    expect(why({ blocks }, '2026-11-24T17:59:59.999Z', '2026-11-24T19:00:00Z')?.reason).toBe('hostClosed');
  });

  it('finds the block that comes next, one that goes on included', () => {
    const blocks = [
      { kind: 'block' as const, startsAt: at('2026-11-26'), endsAt: at('2026-11-27') },
      { kind: 'block' as const, startsAt: at('2026-11-24'), endsAt: at('2026-11-25') },
    ];
    expect(nextBlock(blocks, at('2026-11-24T12:00:00Z'))?.startsAt).toEqual(at('2026-11-24'));
    expect(nextBlock(blocks, at('2026-11-25'))?.startsAt).toEqual(at('2026-11-26'));
    expect(nextBlock(blocks, at('2026-11-27'))).toBeNull();
  });

  it('knows time zones by their place', () => {
    for (const zone of ['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])
      expect(isZone(zone)).toBe(true);
    for (const zone of ['', 'Mars/Olympus', '+02:00', 'Europe/Berlin; DROP', '2026-01-01[UTC]'])
      expect(isZone(zone)).toBe(false);
  });
});
