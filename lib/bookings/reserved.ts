import type { Micros } from '#lib/base/money.ts';
import { secondsBetween } from '#lib/base/time.ts';
import { CANCELLATION_BASE_SECONDS, cancellationShare, freeUntilOf } from '#lib/catalogue/cancellation.ts';
import type { BookingKind } from './booking.ts';
import { chargeFor, type Terms } from './terms.ts';

type Window = { readonly startsAt: Date; readonly endsAt: Date };

/** What of a booking decides what giving it back costs. */
export type ReservedFacts = Window & {
  readonly kind: BookingKind;
  /** Only the first run is what was reserved: one that is started again is on demand. */
  readonly run: number;
  readonly createdAt: Date;
  readonly terms: Terms;
};

/** The least that a reserved window costs once giving it back is no longer free: a share of its GPUs' price, of a day at most. */
export function cancellationOf(terms: Terms, window: Window): Micros {
  if (terms.cancellation === undefined) return 0n;
  const seconds = Math.min(CANCELLATION_BASE_SECONDS, Math.max(0, secondsBetween(window.startsAt, window.endsAt)));
  const gpuSeconds = BigInt(terms.gpuCount) * BigInt(seconds);
  return cancellationShare(terms.cancellation, chargeFor(terms, { gpuSeconds, diskByteSeconds: 0n }));
}

/** Until when a reserved window is given back for nothing; null when it is none, or not any more. */
export function cancelFreeUntil(booking: ReservedFacts): Date | null {
  const { kind, run, terms, startsAt, createdAt } = booking;
  if (kind !== 'reserved' || run !== 1 || terms.cancellation === undefined) return null;
  return freeUntilOf(terms.cancellation, { startsAt, bookedAt: createdAt });
}

/**
 * What a renter who gives a window back now pays for that: the share of its price, less what it has cost and what may have
 * been used since the last statement, so that nobody pays more than the share, or than what they used. Zero in time.
 */
export function cancellationDue(
  booking: ReservedFacts & {
    readonly startedAt: Date | null;
    readonly lease: { readonly chargedMicros: Micros; readonly billedUntil: Date | null };
  },
  now: Date,
): Micros {
  const freeUntil = cancelFreeUntil(booking);
  if (freeUntil === null || now < freeUntil || now >= booking.endsAt) return 0n;
  const { lease, terms, startedAt } = booking;
  const since = lease.billedUntil ?? startedAt;
  const seconds = since === null ? 0n : BigInt(Math.max(0, secondsBetween(since, now)));
  const unbilled = chargeFor(terms, { gpuSeconds: seconds * BigInt(terms.gpuCount), diskByteSeconds: 0n });
  const due = cancellationOf(terms, booking) - lease.chargedMicros - unbilled;
  return due > 0n ? due : 0n;
}
