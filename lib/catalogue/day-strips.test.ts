import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from '#lib/base/time.ts';
import { dayStrips, dayWords, mondayOf, shownDays } from './day-strips.ts';
import { isDay, readWall, typeWall, zones } from './wall-clock.ts';

const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Beirut',
);

describe('days of a calendar', () => {
  it('are as long as the clock makes them, and follow one another without a gap', () => {
    const days = dayStrips('Europe/Berlin', '2026-10-24', 3, []);
    expect(days.map(({ day, hours }) => [day, hours])).toEqual([
      ['2026-10-24', 24],
      ['2026-10-25', 25],
      ['2026-10-26', 24],
    ]);
    fc.assert(
      fc.property(zone, fc.integer({ min: 0, max: 900 }), (of, offset) => {
        const first = new Date(Date.UTC(2025, 0, 1) + offset * 24 * HOUR).toISOString().slice(0, 10);
        const all = dayStrips(of, first, 28, []);
        for (const [at, day] of all.entries()) {
          expect(day.endsAt.getTime()).toBeGreaterThan(day.startsAt.getTime());
          if (at > 0) expect(day.startsAt).toEqual(all[at - 1]?.endsAt);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('say one time of what is over within its minute', () => {
    const short = {
      kind: 'booked',
      startsAt: new Date('2026-11-25T19:41:02Z'),
      endsAt: new Date('2026-11-25T19:41:50Z'),
    };
    const longer = { ...short, endsAt: new Date('2026-11-25T19:42:00Z') };
    const [day] = dayStrips('UTC', '2026-11-25', 1, [short, longer]);
    expect(day?.pieces.map(({ words }) => words)).toEqual(['19:41', '19:41–19:42']);
  });

  it('have the parts of what lies in them, with the words of the wall', () => {
    const night = {
      kind: 'open',
      startsAt: new Date('2026-11-25T21:00:00Z'),
      endsAt: new Date('2026-11-26T06:00:00Z'),
    } as const;
    const [wednesday, thursday, friday] = dayStrips('Europe/Berlin', '2026-11-25', 3, [night]);
    expect(wednesday?.pieces).toMatchObject([{ words: '22:00–24:00', fromPermille: 917, lengthPermille: 83 }]);
    expect(thursday?.pieces).toMatchObject([{ words: '00:00–07:00', fromPermille: 0, lengthPermille: 292 }]);
    expect(friday?.pieces).toEqual([]);
  });

  it('of a view are whole weeks around the day that was asked for', () => {
    const now = new Date('2026-11-27T23:30:00Z');
    // In Auckland it is Saturday already, in the same week.
    expect(shownDays({ view: 'week', from: null, zone: 'Pacific/Auckland' }, now)).toMatchObject({
      first: '2026-11-23',
      before: '2026-11-16',
      after: '2026-11-30',
    });
    expect(shownDays({ view: 'month', from: '2026-12-02', zone: 'UTC' }, now)).toMatchObject({
      first: '2026-11-30',
      after: '2026-12-28',
      from: new Date('2026-11-30T00:00:00Z'),
    });
    expect(mondayOf('2026-11-29')).toBe('2026-11-23');
    expect(dayWords('2026-11-23')).toBe('Mon 23 Nov');
  });
});

describe('a day and a time that are typed', () => {
  it('are read, and typed the same again', () => {
    expect(readWall('2026-11-27T22:05')).toEqual({ day: '2026-11-27', minute: 1_325 });
    expect(typeWall('Europe/Berlin', new Date('2026-11-27T21:05:59Z'))).toBe('2026-11-27T22:05');
    for (const text of [
      '',
      '27.11.2026 22:00',
      '2026-02-30T10:00',
      '2026-11-27T24:00',
      '2026-11-27T10:60',
      '2026-11-27',
    ])
      expect(readWall(text)).toBeUndefined();
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        readWall(text);
        if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) expect(isDay(text)).toBe(false);
      }),
    );
    expect(zones()).toContain('UTC');
  });
});
