import { Temporal } from 'temporal-polyfill';

export const MINUTES_OF_DAY = 1_440;

/** Days of the week as ISO 8601 counts them: 1 is Monday. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A day on a wall calendar, in no zone: `2026-11-27`. */
export type Day = string;

/** True for a time zone of the IANA database that has a place: an offset such as "+02:00" knows no summer time and is none. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(zone)) return false;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId !== '';
  } catch {
    return false;
  }
}

/** Which day it is in a zone at an instant (milliseconds since 1970). */
export function dayAt(zone: string, at: number): Day {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** So many days later; a negative number is earlier. */
export function dayAfter(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

export function weekdayOf(day: Day): Weekday {
  return Temporal.PlainDate.from(day).dayOfWeek as Weekday;
}

/** What a clock on the wall shows at an instant. */
export function wallAt(zone: string, at: number): { readonly day: Day; readonly minute: number } {
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return { day: wall.toPlainDate().toString(), minute: wall.hour * 60 + wall.minute };
}

/**
 * When a clock on the wall shows so many minutes after the midnight of a day (1,440 is the next midnight), in milliseconds
 * since 1970. Where clocks are put forward over it, it is the instant at which they are. Where they are put back the wall
 * shows it twice: whoever opens then opens at the second, whoever closes closes at the first, so that nothing is open that
 * one of both readings calls closed.
 */
export function instantOf(zone: string, day: Day, minute: number, edge: 'opens' | 'closes'): number {
  const wall = Temporal.PlainDate.from(day).toPlainDateTime().add({ minutes: minute });
  const early = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const late = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  if (early.epochMilliseconds === late.epochMilliseconds) return early.epochMilliseconds;
  if (late.toPlainDateTime().equals(wall)) return (edge === 'opens' ? late : early).epochMilliseconds;
  const change = early.getTimeZoneTransition('next');
  return (change ?? late).epochMilliseconds;
}

/** What somebody typed as a day and a time on the wall ("2026-11-27T22:00"), as a day and minutes; undefined for anything else. */
export function readWall(text: string): { readonly day: Day; readonly minute: number } | undefined {
  const match = /^\s*(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::00)?\s*$/.exec(text);
  if (match === null) return undefined;
  const [, day = '', hour, minute] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || !isDay(day)) return undefined;
  return { day, minute: Number(hour) * 60 + Number(minute) };
}

/** True for a day that is in the calendar: there is no 30 February. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

/** An instant as a clock in a zone shows it, as a field for day and time has it: "2026-11-27T22:00". */
export function typeWall(zone: string, at: Date): string {
  const wall = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime();
  return wall.toString({ smallestUnit: 'minute' });
}

/** The zones that this platform knows by name, for somebody to choose from. */
export function zones(): readonly string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return known.includes('UTC') ? known : ['UTC', ...known];
}
