import type { Micros } from '#lib/base/money.ts';
import { addSeconds, earliest, isBefore, secondsBetween } from '#lib/base/time.ts';
import { freeUntilOf } from '#lib/catalogue/cancellation.ts';
import { dueForGivingBack, leastPaid } from '#protocol/give-back.ts';
import type { BookingKind } from './booking.ts';
import type { Terms } from './terms.ts';

type Window = { readonly startsAt: Date; readonly endsAt: Date };

/** What of a booking decides what giving it back costs. */
export type ReservedFacts = Window & {
  readonly kind: BookingKind;
  readonly createdAt: Date;
  readonly terms: Terms;
  readonly reason: string | null;
};

/** The least that a reserved window costs once giving it back is no longer free: a share of its GPUs' price, of a day at most. */
export function cancellationOf(terms: Terms, window: Window): Micros {
  if (terms.cancellation === undefined) return 0n;
  return leastPaid(terms.cancellation, terms, inMs(window));
}

function inMs({ startsAt, endsAt }: Window) {
  return { startsAtMs: startsAt.getTime(), endsAtMs: endsAt.getTime() };
}

/** Until when a reserved window is given back for nothing; null when it is none, or not any more. */
export function cancelFreeUntil(booking: ReservedFacts): Date | null {
  const { kind, terms, startsAt, createdAt, reason } = booking;
  // Whoever goes before the notice of a host who breaks it off is over does not give it back.
  if (kind !== 'reserved' || terms.cancellation === undefined || reason === 'hostEnded') return null;
  return freeUntilOf(terms.cancellation, { startsAt, bookedAt: createdAt });
}

/** Why a window's machine does not do its part, and since when: it does not answer, or it does not get to run what was booked. */
export type MachineFault = { readonly kind: 'silent' | 'notReady'; readonly since: Date };

/** A span in which a machine did not answer although the market did; null: it still does not. */
export type MachineSilence = { readonly startsAt: Date; readonly endsAt: Date | null };

/**
 * Since when the machine of a window was not there for its renter at an instant, by the silences that the market has noted of
 * it; null: it was. It is not there while it is silent in the window, and, as long as it could not be used yet, if it was
 * silent in it.
 */
export function absentSince(
  booking: Pick<ReservedFacts, 'startsAt'> & { readonly startedAt: Date | null },
  silences: readonly MachineSilence[],
  at: Date,
): Date | null {
  const { startsAt, startedAt } = booking;
  if (at < startsAt) return null;
  const absent = silences.filter(
    (silence) =>
      silence.startsAt < at &&
      (silence.endsAt === null || at < silence.endsAt || (startedAt === null && startsAt < silence.endsAt)),
  );
  return earliest(...absent.map((silence) => silence.startsAt)) ?? null;
}

/** In a window that has begun, a machine has so long for each step on the way to a shell; for an image, its download besides. */
export const STEP_SECONDS = 600;
/** What the download of an image adds at most, whatever its machine says of its size and its link. */
export const MOST_DOWNLOAD_SECONDS = 3_600;

/** The steps to a shell, in order: to take it up, to pull its image, to start it. */
const STEPS = ['accepted', 'pulling', 'starting'] as const;
export type Step = (typeof STEPS)[number];

/** A phase that a machine said a window is in, and when it first said so. */
export type PhaseSeen = { readonly phase: string; readonly at: Date };

/** The farthest step that a machine ever reached with a window, and when first; to take it up, since ever, before it said anything. */
export function farthestStep(seen: readonly PhaseSeen[]): { readonly step: Step; readonly since: Date | null } {
  const step = STEPS.findLast((one) => seen.some(({ phase }) => phase === one)) ?? 'accepted';
  // Told of it and at work on it are one step: it has begun when the window does.
  if (step === 'accepted') return { step, since: null };
  return { step, since: earliest(...seen.filter(({ phase }) => phase === step).map(({ at }) => at)) ?? null };
}

/** Since when the market has listened to its machines without a gap (null: always), and until when. */
export type Listened = { readonly since: Date | null; readonly until: Date };

/**
 * Since when a machine that answers has kept a window from its renter, because it does not come on with it; null: it could
 * be used, or it still has time. Steps only go forward: one that it goes back to, or says again, has no time anew. All of them
 * together have what the steps and the longest download take, and half of the window at most (or one step, if that is longer), whatever it says. `downloadSeconds` is what the
 * image that it is pulling takes over its link; 0 when it pulls none. Time in which nobody listened to it is not counted: it
 * may have come on, and could not say so.
 */
export function notReadySince(
  booking: Window & { readonly startedAt: Date | null },
  seen: readonly PhaseSeen[],
  downloadSeconds: number,
  listened: Listened,
): Date | null {
  const { startsAt, endsAt, startedAt } = booking;
  const begun = latest(startsAt, listened.since);
  const { step, since } = farthestStep(seen);
  const download = step === 'pulling' ? Math.min(downloadSeconds, MOST_DOWNLOAD_SECONDS) : 0;
  const ofStep = addSeconds(latest(begun, since), STEP_SECONDS + download);
  const half = Math.max(STEP_SECONDS, secondsBetween(startsAt, endsAt) / 2);
  const ofAll = addSeconds(begun, Math.min(STEPS.length * STEP_SECONDS + MOST_DOWNLOAD_SECONDS, half));
  const late = !isBefore(listened.until, earliest(ofStep, ofAll) ?? ofStep);
  return startedAt === null && late ? startsAt : null;
}

function latest(one: Date, other: Date | null): Date {
  return other === null || other < one ? one : other;
}

/**
 * What a renter who gives a window back now pays for that: the share of its price, less what it has cost and what may have
 * been used since the last statement, so that nobody pays more than the share, or than what they used. Zero in time, and
 * where its machine does not do its part.
 */
export function cancellationDue(
  booking: ReservedFacts & {
    readonly startedAt: Date | null;
    readonly lease: { readonly chargedMicros: Micros; readonly billedUntil: Date | null };
  },
  fault: MachineFault | null,
  now: Date,
): Micros {
  const { cancellation } = booking.terms;
  if (cancellation === undefined || cancelFreeUntil(booking) === null || fault !== null) return 0n;
  const { lease, terms, startedAt, createdAt } = booking;
  return dueForGivingBack(cancellation, terms, {
    ...inMs(booking),
    atMs: now.getTime(),
    bookedAtMs: createdAt.getTime(),
    chargedMicros: lease.chargedMicros,
    billedUntilMs: (lease.billedUntil ?? startedAt)?.getTime() ?? null,
  });
}

/**
 * What a page that shows what giving a window back costs sends along as seen. While it is used that becomes less by the second,
 * so the whole share bounds it; where it showed that it costs nothing, nothing is what was seen, and a machine that comes on
 * between look and press changes that only by asking again.
 */
export function seenCancellation(shown: { readonly dueMicros: Micros; readonly shareMicros: Micros }): Micros {
  return shown.dueMicros === 0n ? 0n : shown.shareMicros;
}
