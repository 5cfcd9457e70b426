import type { Micros } from '#lib/base/money.ts';
import { earliest } from '#lib/base/time.ts';
import { freeUntilOf } from '#lib/catalogue/cancellation.ts';
import { dueForGivingBack, leastPaid } from '#protocol/give-back.ts';
import type { BookingKind } from './booking.ts';
import type { Terms } from './terms.ts';

type Window = { readonly startsAt: Date; readonly endsAt: Date };

/** What of a booking decides what giving it back costs. */
export type ReservedFacts = Window & {
  readonly kind: BookingKind;
  /** Only the first run is what was reserved: one that is started again is on demand. */
  readonly run: number;
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
  const { kind, run, terms, startsAt, createdAt, reason } = booking;
  // Whoever goes before the notice of a host who breaks it off is over does not give it back.
  if (kind !== 'reserved' || run !== 1 || terms.cancellation === undefined || reason === 'hostEnded') return null;
  return freeUntilOf(terms.cancellation, { startsAt, bookedAt: createdAt });
}

/** A span in which a machine did not answer although the market did; null: it still does not. */
export type MachineSilence = { readonly startsAt: Date; readonly endsAt: Date | null };

/**
 * Since when the machine of a window was not there for its renter, by the silences that the market noted of it; null: it was.
 * It is not there while it is silent in the window, and, as long as it could not be used yet, if it was silent in it.
 */
export function absentSince(
  booking: Pick<ReservedFacts, 'startsAt'> & { readonly startedAt: Date | null },
  silences: readonly MachineSilence[],
  now: Date,
): Date | null {
  const { startsAt, startedAt } = booking;
  if (now < startsAt) return null;
  const absent = silences.filter(({ endsAt }) => endsAt === null || (startedAt === null && startsAt < endsAt));
  return earliest(...absent.map((silence) => silence.startsAt)) ?? null;
}

/**
 * What a renter who gives a window back now pays for that: the share of its price, less what it has cost and what may have
 * been used since the last statement, so that nobody pays more than the share, or than what they used. Zero in time, and
 * where its machine was not there (`absentSince`).
 */
export function cancellationDue(
  booking: ReservedFacts & {
    readonly startedAt: Date | null;
    readonly lease: { readonly chargedMicros: Micros; readonly billedUntil: Date | null };
  },
  absentSince: Date | null,
  now: Date,
): Micros {
  const { cancellation } = booking.terms;
  if (cancellation === undefined || cancelFreeUntil(booking) === null || absentSince !== null) return 0n;
  const { lease, terms, startedAt, createdAt } = booking;
  return dueForGivingBack(cancellation, terms, {
    ...inMs(booking),
    atMs: now.getTime(),
    bookedAtMs: createdAt.getTime(),
    chargedMicros: lease.chargedMicros,
    billedUntilMs: (lease.billedUntil ?? startedAt)?.getTime() ?? null,
  });
}
