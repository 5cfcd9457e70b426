import { Refusal } from '#lib/base/refusal.ts';
import { type Interval, unionOf, withoutIntervals } from '#lib/base/spans.ts';
import { addSeconds } from '#lib/base/time.ts';
import {
  type CalendarRules,
  LONGEST_RENTAL_SECONDS,
  openBetween,
  RESERVED_AHEAD_SECONDS,
} from '#lib/catalogue/calendar.ts';
import { CANCELLATIONS, type Cancellation, cancellationSentence } from '#lib/catalogue/cancellation.ts';
import { whyNotVisible } from '#lib/catalogue/listing.ts';
import { standingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { db } from '#lib/io/db.ts';
import { type FreeWindow, windowsOf } from '../free-windows.ts';

export type FreeWindows = {
  readonly listingId: string;
  readonly zone: string;
  readonly gpuCount: number;
  readonly rules: Pick<CalendarRules, 'hours' | 'leastSeconds' | 'mostSeconds' | 'leadSeconds'>;
  readonly cancellation: Cancellation & { readonly sentence: string };
  readonly from: Date;
  readonly until: Date;
  /** Windows of at least the shortest rental, the earliest first. */
  readonly windows: readonly FreeWindow[];
};

/** The most that is looked at in one question. */
export const MOST_WINDOW_DAYS = 62;

/**
 * When so many GPUs of a listing could be reserved between two instants, by its calendar and by what is booked. The same for
 * everybody, its host included; whoever may not book is told when they try. A listing that strangers do not see is not found.
 */
export async function freeWindows(
  listingId: string,
  ask: { readonly gpuCount: number | null; readonly from: Date; readonly until: Date },
  now: Date,
): Promise<FreeWindows> {
  const offer = await standingOffer(db, listingId, now);
  if (offer === undefined || whyNotVisible(offer.facts, now) !== null) throw new Refusal('notFound');
  const { calendar, facts } = offer;
  const from = Math.max(ask.from.getTime(), now.getTime() + calendar.leadSeconds * 1_000);
  const farthest = addSeconds(now, RESERVED_AHEAD_SECONDS + LONGEST_RENTAL_SECONDS).getTime();
  const until = Math.min(ask.until.getTime(), facts.endsAt?.getTime() ?? farthest, farthest);
  const gpuCount = ask.gpuCount ?? facts.minGpus;
  const open = openBetween(calendar, from, until);
  const free = offer.gpus.map(({ taken }) =>
    withoutIntervals(
      open,
      unionOf(
        taken.map(({ startsAt, endsAt }): Interval => [+startsAt, +endsAt]),
        from,
        until,
      ),
    ),
  );
  return {
    listingId,
    zone: calendar.zone,
    gpuCount,
    rules: {
      hours: calendar.hours,
      leastSeconds: calendar.leastSeconds,
      mostSeconds: calendar.mostSeconds,
      leadSeconds: calendar.leadSeconds,
    },
    cancellation: {
      ...CANCELLATIONS[calendar.cancellation],
      sentence: cancellationSentence(CANCELLATIONS[calendar.cancellation]),
    },
    from: new Date(from),
    until: new Date(Math.max(from, until)),
    windows: windowsOf(free, gpuCount).filter(
      ({ startsAt, endsAt }) =>
        +endsAt - +startsAt >= calendar.leastSeconds * 1_000 && +startsAt - +now <= RESERVED_AHEAD_SECONDS * 1_000,
    ),
  };
}
