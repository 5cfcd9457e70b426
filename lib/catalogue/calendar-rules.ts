import { DAY } from '#lib/base/time.ts';
import {
  type Block,
  type Calendar,
  type CalendarRules,
  type Hours,
  LONGEST_RENTAL_SECONDS,
  openBetween,
  SHORTEST_RENTAL_SECONDS,
} from './calendar.ts';
import { CANCELLATIONS } from './cancellation.ts';
import { isZone, MINUTES_OF_DAY, WEEKDAYS } from './wall-clock.ts';

/** So many lines of hours a calendar has at most. */
export const MOST_HOURS = 28;
const MOST_LEAD_SECONDS = 30 * 86_400;
const LEAST_NOTICE_SECONDS = 3_600;
const FARTHEST_BLOCK_DAYS = 400;
const LONGEST_BLOCK_DAYS = 366;

export const BLOCK_NOTE_MAX = 200;

/** What is wrong with rules, one sentence a field. Empty when they can be saved. */
export function rulesProblems(rules: CalendarRules, now: Date): Partial<Record<keyof CalendarRules, string>> {
  const problems: Partial<Record<keyof CalendarRules, string>> = {};
  if (!isZone(rules.zone)) problems.zone = 'Name a time zone like "Europe/Berlin" or "America/New_York".';
  const hours = hoursProblem(rules.hours);
  if (hours !== null) problems.hours = hours;
  const least = secondsProblem(rules.leastSeconds, SHORTEST_RENTAL_SECONDS, LONGEST_RENTAL_SECONDS);
  if (least) problems.leastSeconds = 'The shortest rental lasts between 5 minutes and 30 days.';
  const shortest = Math.max(SHORTEST_RENTAL_SECONDS, least ? 0 : rules.leastSeconds);
  if (rules.mostSeconds !== null && secondsProblem(rules.mostSeconds, shortest, LONGEST_RENTAL_SECONDS))
    problems.mostSeconds = 'The longest rental lasts at most 30 days, and no less than the shortest.';
  if (secondsProblem(rules.leadSeconds, 0, MOST_LEAD_SECONDS))
    problems.leadSeconds = 'The lead time is at most 30 days.';
  if (!Object.hasOwn(CANCELLATIONS, rules.cancellation)) problems.cancellation = 'Choose one of the policies.';
  if (secondsProblem(rules.maintenanceNoticeSeconds, LEAST_NOTICE_SECONDS, LONGEST_RENTAL_SECONDS))
    problems.maintenanceNoticeSeconds = 'Maintenance is announced between 1 hour and 30 days before.';
  if (Object.keys(problems).length > 0) return problems;
  return longestOpen(rules, now) < rules.leastSeconds
    ? { hours: 'No stretch of these hours is as long as the shortest rental, so nothing could be rented.' }
    : {};
}

function secondsProblem(seconds: number, least: number, most: number): boolean {
  return !Number.isInteger(seconds) || seconds < least || seconds > most;
}

function hoursProblem(hours: readonly Hours[]): string | null {
  if (hours.length > MOST_HOURS) return `At most ${MOST_HOURS} lines of hours.`;
  for (const { days, fromMinute, toMinute } of hours) {
    if (days.length === 0) return 'Choose at least one day for each line of hours.';
    if (new Set(days).size !== days.length || !days.every((day) => WEEKDAYS.includes(day)))
      return 'Days are counted from 1, Monday, to 7, Sunday, each once.';
    const whole = [fromMinute, toMinute].every((minute) => Number.isInteger(minute) && minute >= 0);
    if (!whole || fromMinute >= MINUTES_OF_DAY || toMinute > MINUTES_OF_DAY)
      return 'Write hours like 22:00; a day ends at 24:00.';
    if (fromMinute === toMinute)
      return 'Hours that begin and end at the same time are none. A whole day is 00:00 to 24:00.';
  }
  return null;
}

/** The longest stretch of the next four weeks, in seconds. */
function longestOpen(rules: CalendarRules, now: Date): number {
  const open = openBetween({ ...rules, blocks: [] }, now.getTime(), now.getTime() + 28 * DAY);
  return Math.max(0, ...open.map(([from, to]) => (to - from) / 1_000));
}

/** What is wrong with a block, one sentence a field. Empty when it can be set beside the blocks there are. */
export function blockProblems(
  block: Pick<Block, 'startsAt' | 'endsAt'> & { readonly note: string },
  others: readonly Pick<Block, 'startsAt' | 'endsAt'>[],
  now: Date,
): Partial<Record<'startsAt' | 'endsAt' | 'note', string>> {
  const { startsAt, endsAt, note } = block;
  if (Number.isNaN(startsAt.getTime())) return { startsAt: 'This is no date.' };
  if (Number.isNaN(endsAt.getTime())) return { endsAt: 'This is no date.' };
  if (endsAt <= startsAt) return { endsAt: 'A block ends after it begins.' };
  if (endsAt <= now) return { endsAt: 'A block ends in the future.' };
  if (endsAt.getTime() - startsAt.getTime() > LONGEST_BLOCK_DAYS * DAY)
    return { endsAt: 'A block lasts at most a year. Withdraw the listing instead.' };
  if (startsAt.getTime() - now.getTime() > FARTHEST_BLOCK_DAYS * DAY)
    return { startsAt: `A block begins within the next ${FARTHEST_BLOCK_DAYS} days: choose an earlier beginning.` };
  if ([...note].length > BLOCK_NOTE_MAX || /\p{Cc}/u.test(note))
    return { note: `A note is one line of at most ${BLOCK_NOTE_MAX} characters.` };
  if (others.some((other) => other.startsAt < endsAt && startsAt < other.endsAt))
    return { startsAt: 'There is a block in this time already. Remove it first, or choose another time.' };
  return {};
}

/** The hours as they are written: "Mon–Fri 22:00–07:00". */
export function hoursWords({ days, fromMinute, toMinute }: Hours): string {
  return `${daysWords(days)} ${clockWords(fromMinute)}–${clockWords(toMinute)}`;
}

const NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

function daysWords(days: readonly number[]): string {
  const sorted = days.toSorted((a, b) => a - b);
  const runs: number[][] = [];
  for (const day of sorted) {
    const last = runs.at(-1);
    if (last?.at(-1) === day - 1) last.push(day);
    else runs.push([day]);
  }
  return runs
    .map((run) =>
      run.length > 2
        ? `${NAMES[(run[0] ?? 1) - 1]}–${NAMES[(run.at(-1) ?? 1) - 1]}`
        : run.map((day) => NAMES[day - 1]).join(', '),
    )
    .join(', ');
}

/** Minutes after midnight as a clock shows them: "07:00". */
export function clockWords(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** "07:00" as minutes after midnight; undefined for what is no time of day. "24:00" is the end of a day. */
export function readClock(text: string): number | undefined {
  const match = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  if (match === null) return undefined;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minute <= MINUTES_OF_DAY ? minute : undefined;
}

export function isOpenAlways(calendar: Calendar): boolean {
  return calendar.hours.length === 0 && calendar.blocks.length === 0;
}
