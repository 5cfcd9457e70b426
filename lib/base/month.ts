import { dateWords } from './date-words.ts';

/** A month of the calendar in UTC, as "2026-11". Sorts as text. */
export type Month = string;

/** Reads "2026-11"; undefined for anything that is not a month of the years 2000 to 2999. */
export function parseMonth(text: string): Month | undefined {
  return /^2\d{3}-(0[1-9]|1[0-2])$/.test(text) ? text : undefined;
}

export function monthOf(instant: Date): Month {
  return instant.toISOString().slice(0, 7);
}

/** The first instant of a month. */
export function monthStart(month: Month): Date {
  return new Date(`${month}-01T00:00:00.000Z`);
}

/** The month so many later, or earlier when negative. */
export function addMonths(month: Month, count: number): Month {
  const start = monthStart(month);
  return monthOf(new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + count)));
}

/** The months from one to another, both counted, oldest first; none when the first is later. At most 1,200. */
export function monthsFrom(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = first; month <= last && months.length < 1_200; month = addMonths(month, 1)) months.push(month);
  return months;
}

/** "November 2026", or "Nov 2026" where there is little room. */
export function monthName(month: Month, length: 'long' | 'short' = 'long'): string {
  return dateWords('en-GB', { month: length, year: 'numeric', timeZone: 'UTC' }).format(monthStart(month));
}
