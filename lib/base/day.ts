import { dateWords } from './date-words.ts';
import { DAY } from './time.ts';

/** A day of the calendar in UTC, as "2026-11-27": always 24 hours, whatever clocks are set forward or back anywhere. Sorts as text. */
export type Day = string;

/** Reads "2026-11-27"; undefined for anything that is not a day of the years 2000 to 2999. */
export function parseDay(text: string): Day | undefined {
  if (!/^2\d{3}-\d{2}-\d{2}$/.test(text)) return undefined;
  const at = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && dayOf(at) === text ? text : undefined;
}

/** The day that an instant lies in. */
export function dayOf(instant: Date): Day {
  return instant.toISOString().slice(0, 10);
}

/** The first instant of a day. */
export function dayStart(day: Day): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

/** The day so many later, or earlier when negative. */
export function addDays(day: Day, count: number): Day {
  return dayOf(new Date(dayStart(day).getTime() + count * DAY));
}

/** How many days one day is after another. */
export function daysBetween(from: Day, to: Day): number {
  return (dayStart(to).getTime() - dayStart(from).getTime()) / DAY;
}

/** The days from one to another, both counted, oldest first; none when the first is later. At most 3,660. */
export function daysFrom(first: Day, last: Day): Day[] {
  const count = Math.min(3_660, Math.max(0, daysBetween(first, last) + 1));
  return Array.from({ length: count }, (_, at) => addDays(first, at));
}

/** "27 Nov": for the ends of a line; with its year where a sentence needs it. */
export function dayName(day: Day, withYear = false): string {
  return dateWords('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(withYear && { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(dayStart(day));
}
