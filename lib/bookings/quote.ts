import type { Micros } from '#lib/base/money.ts';
import { addSeconds, earliest, isBefore, secondsBetween, utcWords } from '#lib/base/time.ts';
import { cancellationSentence, freeUntilOf } from '#lib/catalogue/cancellation.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { leastHold, planHold, reservedHold, toPay } from './hold.ts';
import { cancellationOf } from './reserved.ts';
import {
  DISK_KEPT_SECONDS,
  diskReserve,
  LEAST_DISK_BYTES,
  MOST_DISK_BYTES,
  ON_DEMAND_SECONDS,
  runningCost,
  SHORTEST_SECONDS,
  shareOf,
  stoppedCost,
  type Terms,
} from './terms.ts';

/** One line of a quote: what, how much of it at which price, and what that is per hour of running. */
export type QuoteLine =
  | {
      readonly kind: 'gpu';
      readonly count: number;
      readonly model: string;
      readonly priceMicrosPerGpuHour: Micros;
      readonly microsPerHour: Micros;
    }
  | {
      readonly kind: 'disk';
      readonly bytes: bigint;
      readonly diskPriceMicrosPerGibMonth: Micros;
      readonly microsPerHour: Micros;
    };

/** An amount that the renter pays, of which the platform's share is a part. */
export type Shared = { readonly micros: Micros; readonly feeMicros: Micros; readonly hostMicros: Micros };

/** What a rental would cost, before it is booked. A price list for the eye: what is booked are its `terms`. */
export type Quote = {
  readonly terms: Terms;
  readonly lines: readonly QuoteLine[];
  readonly perHour: Shared;
  /** The whole, when the renter named a duration. */
  readonly whole: (Shared & { readonly seconds: number }) | null;
  /** What a stopped rental costs for a day: its disk. */
  readonly stoppedMicrosPerDay: Micros;
  /** For a reserved window: when it begins, until when giving it back is free, and what that costs afterwards. */
  readonly reserved: {
    readonly startsAt: Date;
    readonly cancelFreeUntil: Date;
    readonly cancelMicros: Micros;
    readonly sentence: string;
  } | null;
  /** Where interruptible rentals are put out for it: what that means, and why nobody is for this account now; null where nobody has to leave. */
  readonly puttingOut: { readonly sentence: string; readonly whyNot: string | null } | null;
  /** When the GPUs go back at the latest, if it were booked now. */
  readonly endsAt: Date;
  /** How long that is from now, or from when the window begins. */
  readonly secondsToEnd: number;
  /** Until when the GPUs could be had. */
  readonly freeUntil: Date;
  readonly hold: {
    /** Without at least this much in the wallet it cannot be booked. */
    readonly leastMicros: Micros;
    /** What would be held now; null without a wallet to look at, or when the wallet is too small. */
    readonly nowMicros: Micros | null;
    /** The part of it that keeps the disk after the money ran out, and for how long. */
    readonly diskReserveMicros: Micros;
    readonly diskKeptSeconds: number;
  };
  readonly capMicros: Micros | null;
};

export type QuoteAsk = {
  readonly terms: Terms;
  readonly durationSeconds: number | null;
  readonly capMicros: Micros | null;
  /** Free money of the renter, when it is known who asks. */
  readonly freeMicros: Micros | null;
  /** When a window begins that is to be reserved; null or left out is from now on. */
  readonly startsAt?: Date | null;
  /** Until when the GPUs can be had: the end of the listing, of the host's hours, or when somebody else has them. */
  readonly lastsUntil: Date | null;
  readonly puttingOut?: Quote['puttingOut'];
};

/** What a rental costs, line by line. Pure: terms and an instant in, figures out. */
export function makeQuote(ask: QuoteAsk, now: Date): Quote {
  const { terms, durationSeconds } = ask;
  const shared = (micros: Micros): Shared => ({ micros, ...shareOf(micros, terms.feeBasisPoints) });
  const gpuPerHour = runningCost({ ...terms, diskPriceMicrosPerGibMonth: 0n }, 3_600);
  const perHour = runningCost(terms, 3_600);
  const from = ask.startsAt ?? now;
  const endsAt = windowEnd(from, durationSeconds, ask.lastsUntil);
  const toEnd = toPay(endsAt, null, from);
  const hold =
    ask.freeMicros === null
      ? null
      : planHold(terms, {
          chargedMicros: 0n,
          heldMicros: 0n,
          capMicros: ask.capMicros,
          freeMicros: ask.freeMicros,
          toEnd,
          whole: ask.startsAt != null,
        });
  return {
    terms,
    lines: [
      {
        kind: 'gpu',
        count: terms.gpuCount,
        model: terms.gpuModel,
        priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour,
        microsPerHour: gpuPerHour,
      },
      {
        kind: 'disk',
        bytes: terms.diskBytes,
        diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth,
        microsPerHour: perHour - gpuPerHour,
      },
    ],
    perHour: shared(perHour),
    whole:
      durationSeconds === null ? null : { seconds: durationSeconds, ...shared(runningCost(terms, durationSeconds)) },
    stoppedMicrosPerDay: stoppedCost(terms, 86_400),
    reserved: ask.startsAt ? reservedTerms(terms, { startsAt: ask.startsAt, endsAt }, now) : null,
    puttingOut: ask.puttingOut ?? null,
    endsAt,
    secondsToEnd: toEnd.seconds,
    freeUntil: windowEnd(from, null, ask.lastsUntil),
    hold: {
      leastMicros: ask.startsAt ? reservedHold(terms, toEnd) : leastHold(terms),
      nowMicros: hold !== null && 'heldMicros' in hold ? hold.heldMicros : null,
      diskReserveMicros: diskReserve(terms),
      diskKeptSeconds: DISK_KEPT_SECONDS,
    },
    capMicros: ask.capMicros,
  };
}

function reservedTerms(
  terms: Terms,
  window: { readonly startsAt: Date; readonly endsAt: Date },
  now: Date,
): Quote['reserved'] {
  if (terms.cancellation === undefined) return null;
  return {
    startsAt: window.startsAt,
    cancelFreeUntil: freeUntilOf(terms.cancellation, { startsAt: window.startsAt, bookedAt: now }),
    cancelMicros: cancellationOf(terms, window),
    sentence: cancellationSentence(terms.cancellation),
  };
}

/** When the GPUs of a rental that begins now go back: after its duration, at the end of the listing, or after 30 days. */
export function windowEnd(now: Date, durationSeconds: number | null, listingEndsAt: Date | null): Date {
  const horizon = addSeconds(now, durationSeconds ?? ON_DEMAND_SECONDS);
  return earliest(horizon, listingEndsAt) ?? horizon;
}

/** What is wrong with the sizes that a renter asked for, one sentence a field. */
export function wishProblems(
  wish: { readonly durationSeconds: number | null; readonly diskBytes: bigint },
  offer: { readonly listingEndsAt: Date | null; readonly freeDiskBytes: bigint },
  now: Date,
): Partial<Record<'durationSeconds' | 'diskBytes', string>> {
  const duration = durationProblem(wish.durationSeconds, offer.listingEndsAt, now);
  const disk = diskProblem(wish.diskBytes, offer.freeDiskBytes);
  return {
    ...(duration === null ? {} : { durationSeconds: duration }),
    ...(disk === null ? {} : { diskBytes: disk }),
  };
}

/** What is wrong with a duration, or null. */
export function durationProblem(seconds: number | null, listingEndsAt: Date | null, now: Date): string | null {
  if (seconds !== null) {
    if (!Number.isInteger(seconds)) return 'A duration is a whole number of seconds.';
    if (seconds < SHORTEST_SECONDS) return `A rental lasts at least ${SHORTEST_SECONDS / 60} minutes.`;
    if (seconds > ON_DEMAND_SECONDS)
      return `A rental lasts at most ${ON_DEMAND_SECONDS / 86_400} days; it can be extended.`;
  }
  if (listingEndsAt === null || !isBefore(listingEndsAt, addSeconds(now, seconds ?? SHORTEST_SECONDS))) return null;
  const until = `The host rents this machine until ${utcWords(listingEndsAt)}`;
  return isBefore(listingEndsAt, addSeconds(now, SHORTEST_SECONDS))
    ? `${until}: less than the ${SHORTEST_SECONDS / 60} minutes of the shortest rental are left. Take another offer.`
    : `${until}: ${formatSpan(60 * Math.floor(secondsBetween(now, listingEndsAt) / 60))} from now at most. Take a shorter time.`;
}

function diskProblem(bytes: bigint, freeBytes: bigint): string | null {
  if (bytes < LEAST_DISK_BYTES) return `Take at least ${formatBytes(LEAST_DISK_BYTES)} of disk.`;
  if (bytes > MOST_DISK_BYTES) return `Take at most ${formatBytes(MOST_DISK_BYTES)} of disk.`;
  if (bytes > freeBytes)
    return `This machine has ${formatBytes(freeBytes < 0n ? 0n : freeBytes)} of disk left to rent.`;
  return null;
}
