import { dateWords } from '#lib/base/date-words.ts';
import { type Interval, unionOf, withoutIntervals } from '#lib/base/spans.ts';
import { DAY, isBefore, utcWords } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import type { CancellationPolicy } from './cancellation.ts';
import { pausedUntil } from './pause.ts';
import { formatSpan } from './span-words.ts';
import { dayAfter, dayAt, instantOf, MINUTES_OF_DAY, type Weekday, weekdayOf } from './wall-clock.ts';

/** Hours that come back each week, on the wall clock of the calendar's zone. */
export type Hours = {
  /** The days on which they begin. */
  readonly days: readonly Weekday[];
  /** Minutes after midnight. */
  readonly fromMinute: number;
  /** The same, 1,440 is midnight; not after `fromMinute`, it is on the next day. */
  readonly toMinute: number;
};

/** What a host rents a machine in and how: the same for everybody. */
export type CalendarRules = {
  /** IANA, like "Europe/Berlin". */
  readonly zone: string;
  /** When it is open; none is always. */
  readonly hours: readonly Hours[];
  /** How long a rental may be, in seconds. */
  readonly leastSeconds: number;
  readonly mostSeconds: number | null;
  /** How long before its beginning a window is reserved at the latest. */
  readonly leadSeconds: number;
  readonly cancellation: CancellationPolicy;
  /** Rented on demand, a machine may be taken for maintenance that was announced so long before. */
  readonly maintenanceNoticeSeconds: number;
};

/** A span that is not rented. `maintenance` was announced to those who had it. */
export const BLOCK_KINDS = ['block', 'maintenance'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];
/** And `pause`: nothing new is rented until it ends, and nothing that is rented is touched (lib/catalogue/pause.ts). */
export const TAKEN_KINDS = [...BLOCK_KINDS, 'pause'] as const;
export type TakenKind = (typeof TAKEN_KINDS)[number];
export type Block = { readonly startsAt: Date; readonly endsAt: Date; readonly kind: TakenKind };

export type Calendar = CalendarRules & { readonly blocks: readonly Block[] };

export const SHORTEST_RENTAL_SECONDS = 300;
export const LONGEST_RENTAL_SECONDS = 30 * 86_400;

/** The calendar of a machine whose host said nothing: open always. */
export const ALWAYS: Calendar = {
  zone: 'UTC',
  hours: [],
  leastSeconds: SHORTEST_RENTAL_SECONDS,
  mostSeconds: null,
  leadSeconds: 0,
  cancellation: 'moderate',
  maintenanceNoticeSeconds: 3 * 86_400,
  blocks: [],
};

/** A window can be reserved this far ahead. */
export const RESERVED_AHEAD_SECONDS = 90 * 86_400;

const FARTHEST_DAYS = 400;

type CalendarSpan = { readonly startsAt: Date; readonly endsAt: Date };

/** When a calendar is open between two instants (milliseconds since 1970): in order, none touching another. */
export function openBetween(calendar: Calendar, from: number, until: number): Interval[] {
  if (!(until > from)) return [];
  const blocks = calendar.blocks.map(({ startsAt, endsAt }): Interval => [startsAt.getTime(), endsAt.getTime()]);
  const hours: Interval[] = calendar.hours.length === 0 ? [[from, until]] : hoursBetween(calendar, from, until);
  return withoutIntervals(unionOf(hours, from, until), unionOf(blocks, from, until));
}

function hoursBetween({ zone, hours }: CalendarRules, from: number, until: number): Interval[] {
  const last = dayAt(zone, until);
  // Hours that began yesterday reach into today; two days cover a zone that skips one.
  const first = dayAfter(dayAt(zone, from), -2);
  const onWall: Interval[] = [];
  for (let day = first, midnight = 0; day <= last; day = dayAfter(day, 1), midnight += MINUTES_OF_DAY) {
    const weekday = weekdayOf(day);
    for (const { days, fromMinute, toMinute } of hours)
      if (days.includes(weekday))
        onWall.push([midnight + fromMinute, midnight + toMinute + (toMinute > fromMinute ? 0 : MINUTES_OF_DAY)]);
  }
  const instant = (minutes: number, edge: 'opens' | 'closes') =>
    instantOf(zone, dayAfter(first, Math.floor(minutes / MINUTES_OF_DAY)), minutes % MINUTES_OF_DAY, edge);
  // Joined on the wall: hours that touch there leave no hole where that very time is shown twice.
  return unionOf(onWall, 0, Number.POSITIVE_INFINITY).map(([opens, closes]) => [
    instant(opens, 'opens'),
    instant(closes, 'closes'),
  ]);
}

/**
 * The open stretch that a calendar is in now, null when it is closed. `closesAt` is null when it does not close within the
 * longest rental.
 */
export function openNow(calendar: Calendar, now: Date): { readonly closesAt: Date | null } | null {
  const farthest = LONGEST_RENTAL_SECONDS * 1_000 + 1;
  // Most hours end within two days: the rest of the month is looked at only when they do not.
  for (let aheadMs = 2 * DAY; ; aheadMs = Math.min(farthest, aheadMs * 4)) {
    const ahead = now.getTime() + aheadMs;
    const [first] = openBetween(calendar, now.getTime(), ahead);
    if (first === undefined || first[0] !== now.getTime()) return null;
    if (first[1] < ahead) return { closesAt: new Date(first[1]) };
    if (aheadMs === farthest) return { closesAt: null };
  }
}

/** When a calendar that is closed now opens next; now itself when it is open, null when it does not within 400 days. */
export function nextOpening(calendar: Calendar, now: Date): Date | null {
  const end = now.getTime() + FARTHEST_DAYS * DAY;
  for (let from = now.getTime(), days = 2; from < end; from += days * DAY, days = 14) {
    const [first] = openBetween(calendar, from, Math.min(end, from + days * DAY));
    if (first !== undefined) return new Date(first[0]);
  }
  return null;
}

/** The next block that begins after an instant, or goes on at it. */
export function nextBlock<Some extends CalendarSpan>(blocks: readonly Some[], after: Date): Some | null {
  const coming = blocks.filter((block) => isBefore(after, block.endsAt));
  return coming.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime())[0] ?? null;
}

const badInput = (sentence: string): WhyNot => ({ reason: 'badInput', sentence });
const closed = (sentence: string): WhyNot => ({ reason: 'hostClosed', sentence });

/** Why a window cannot be reserved by the calendar; whether its GPUs are free is another question. */
export function whyNotWindow(calendar: Calendar, window: CalendarSpan, now: Date): WhyNot | null {
  const { startsAt, endsAt } = window;
  if (Number.isNaN(startsAt.getTime()) || Number.isNaN(endsAt.getTime())) return badInput('This is no date.');
  if (!isBefore(startsAt, endsAt)) return badInput('The window ends before it begins.');
  if (isBefore(startsAt, now)) return badInput('The window begins in the past.');
  const lead = calendar.leadSeconds * 1_000;
  if (startsAt.getTime() - now.getTime() < lead)
    return closed(
      `The host wants to know ${formatSpan(calendar.leadSeconds)} before a window begins. Take a later one.`,
    );
  if (startsAt.getTime() - now.getTime() > RESERVED_AHEAD_SECONDS * 1_000)
    return badInput(
      `A window begins within the next ${RESERVED_AHEAD_SECONDS / 86_400} days: choose an earlier beginning.`,
    );
  return whyNotLength(calendar, (endsAt.getTime() - startsAt.getTime()) / 1_000) ?? whyNotOpen(calendar, window);
}

/** Why a rental may not be so long; in seconds. */
export function whyNotLength(calendar: CalendarRules, seconds: number): WhyNot | null {
  if (seconds < calendar.leastSeconds)
    return badInput(`This host rents for at least ${formatSpan(calendar.leastSeconds)}.`);
  const most = calendar.mostSeconds ?? LONGEST_RENTAL_SECONDS;
  return seconds > most ? badInput(`This host rents for at most ${formatSpan(most)} at a time.`) : null;
}

/** Why nothing can be rented from now on, of a calendar that is closed: `opensAt` is when it opens again. */
export function whyNotOpenNow({ blocks }: Pick<Calendar, 'blocks'>, opensAt: Date | null, now: Date): WhyNot {
  const at = opensAt === null ? null : utcWords(opensAt);
  if (pausedUntil(blocks, now) !== null)
    return closed(`The host has paused this machine${at === null ? '' : `. It can be rented again from ${at}`}.`);
  const then = at === null ? 'It is not rented again soon.' : `Its next hours begin at ${at}.`;
  return closed(`The host does not rent this machine now. ${then}`);
}

const TAKEN_WORDS: Readonly<Record<TakenKind, string>> = {
  block: 'The host has taken the machine back',
  maintenance: 'The machine is in maintenance',
  pause: 'The host has paused this machine',
};

/** Why a host is not open all through a span; null when they are. */
export function whyNotOpen(calendar: Calendar, { startsAt, endsAt }: CalendarSpan): WhyNot | null {
  const open = openBetween(calendar, startsAt.getTime(), endsAt.getTime());
  const [first] = open;
  if (open.length === 1 && first?.[0] === startsAt.getTime() && first[1] === endsAt.getTime()) return null;
  const zone = `(${calendar.zone})`;
  const block = nextBlock(calendar.blocks, startsAt);
  if (block !== null && isBefore(block.startsAt, endsAt)) {
    return closed(
      `${TAKEN_WORDS[block.kind]} from ${wall(calendar, block.startsAt)} to ${wall(calendar, block.endsAt)} ${zone}.`,
    );
  }
  if (first?.[0] === startsAt.getTime())
    return closed(`The host's hours end at ${wall(calendar, new Date(first[1]))} ${zone}. End the window by then.`);
  const opens = nextOpening(calendar, startsAt);
  return closed(
    opens === null
      ? 'The host does not rent the machine at that time.'
      : `The host does not rent the machine at that time: the next hours begin at ${wall(calendar, opens)} ${zone}.`,
  );
}

function wall({ zone }: CalendarRules, at: Date): string {
  return dateWords('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  }).format(at);
}
