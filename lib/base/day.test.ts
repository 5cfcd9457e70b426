import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { addDays, dayName, dayOf, dayStart, daysBetween, daysFrom, parseDay } from './day.ts';
import { DAY } from './time.ts';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const someInstant = fc.date({ min: new Date('2001-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

describe('a day', () => {
  it('is 24 hours in UTC, wherever this process runs and whatever its clocks do', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'];
    fc.assert(
      fc.property(someInstant, fc.constantFrom(...zones), (instant, tz) => {
        process.env.TZ = tz;
        const day = dayOf(instant);
        const start = dayStart(day);
        expect(start.getTime()).toBeLessThanOrEqual(instant.getTime());
        expect(instant.getTime() - start.getTime()).toBeLessThan(DAY);
        expect(dayStart(addDays(day, 1)).getTime() - start.getTime()).toBe(DAY);
        expect(parseDay(day)).toBe(day);
      }),
    );
  });

  it('does not get lost or come twice where clocks are set back', () => {
    process.env.TZ = 'Europe/Berlin';
    expect(daysFrom('2026-10-24', '2026-10-27')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26', '2026-10-27']);
    expect(daysFrom('2026-03-28', '2026-03-30')).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    expect(dayOf(new Date('2026-10-25T00:30:00+02:00'))).toBe('2026-10-24');
    expect(dayName('2026-10-25')).toBe('25 Oct');
  });

  it('is counted forth and back without loss, over leap days too', () => {
    fc.assert(
      fc.property(someInstant, fc.integer({ min: -4_000, max: 4_000 }), (instant, count) => {
        const day = dayOf(instant);
        expect(addDays(addDays(day, count), -count)).toBe(day);
        expect(daysBetween(day, addDays(day, count))).toBe(count);
      }),
    );
    expect(daysFrom('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    expect(daysFrom('2026-02-02', '2026-02-01')).toEqual([]);
  });

  it('is not read from what is none', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '1999-01-01', '2026-01-01T00:00Z', ''])
      expect(parseDay(text)).toBeUndefined();
    expect(parseDay('2028-02-29')).toBe('2028-02-29');
  });
});
