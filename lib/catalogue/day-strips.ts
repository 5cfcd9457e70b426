import { dateWords } from '#lib/base/date-words.ts';
import { type Day, dayAfter, dayAt, instantOf, wallAt, weekdayOf } from './wall-clock.ts';

/** Something that lies in a calendar, of some kind. */
export type Dated<Kind extends string> = { readonly kind: Kind; readonly startsAt: Date; readonly endsAt: Date };

/** The part of it that lies in one day: where it stands in the day (thousandths of its length), and what the clock says. */
export type Piece<Some> = {
  readonly of: Some;
  readonly fromPermille: number;
  readonly lengthPermille: number;
  /** "22:00–24:00": as the wall shows it; a piece that reaches an end of the day says 00:00 or 24:00. "19:41" where it is over within the minute. */
  readonly words: string;
};

/** One day of a zone, and what lies in it. */
export type DayStrip<Some> = {
  readonly day: Day;
  readonly weekend: boolean;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** How long the day is: 23 or 25 hours where clocks change. */
  readonly hours: number;
  readonly pieces: readonly Piece<Some>[];
};

/** Cuts what lies in a calendar into days of a zone, `count` of them from `first` on. What is in order stays so. */
export function dayStrips<Some extends Dated<string>>(
  zone: string,
  first: Day,
  count: number,
  all: readonly Some[],
): DayStrip<Some>[] {
  return Array.from({ length: count }, (_, index) => {
    const day = dayAfter(first, index);
    const start = instantOf(zone, day, 0, 'closes');
    const end = instantOf(zone, dayAfter(day, 1), 0, 'closes');
    const length = end - start;
    const pieces = all.flatMap((of): Piece<Some>[] => {
      const from = Math.max(start, of.startsAt.getTime());
      const to = Math.min(end, of.endsAt.getTime());
      if (from >= to) return [];
      const fromPermille = Math.round(((from - start) * 1_000) / length);
      return [
        {
          of,
          fromPermille,
          lengthPermille: Math.max(1, Math.round(((to - start) * 1_000) / length) - fromPermille),
          words: clockWords(from === start ? '00:00' : clock(zone, from), to === end ? '24:00' : clock(zone, to)),
        },
      ];
    });
    return {
      day,
      weekend: weekdayOf(day) > 5,
      startsAt: new Date(start),
      endsAt: new Date(end),
      hours: length / 3_600_000,
      pieces,
    };
  });
}

function clockWords(from: string, to: string): string {
  return from === to ? from : `${from}–${to}`;
}

function clock(zone: string, at: number): string {
  const { minute } = wallAt(zone, at);
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

export const CALENDAR_VIEWS = { week: 7, month: 28 } as const;
export type CalendarView = keyof typeof CALENDAR_VIEWS;

/** The Monday of the week in which a day lies. */
export function mondayOf(day: Day): Day {
  return dayAfter(day, 1 - weekdayOf(day));
}

/** The days that a calendar page shows: whole weeks, from the one that was asked for, or the present one. */
export function shownDays(
  ask: { readonly view: CalendarView; readonly from: Day | null; readonly zone: string },
  now: Date,
): {
  readonly first: Day;
  readonly count: number;
  readonly before: Day;
  readonly after: Day;
  readonly from: Date;
  readonly until: Date;
} {
  const first = mondayOf(ask.from ?? dayAt(ask.zone, now.getTime()));
  const count = CALENDAR_VIEWS[ask.view];
  const after = dayAfter(first, count);
  return {
    first,
    count,
    before: dayAfter(first, -count),
    after,
    from: new Date(instantOf(ask.zone, first, 0, 'closes')),
    until: new Date(instantOf(ask.zone, after, 0, 'closes')),
  };
}

/** "Mon 23 Nov": a day as a calendar names it. */
export function dayWords(day: Day): string {
  return dateWords('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );
}
