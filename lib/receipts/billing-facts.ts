import { earliest } from '#lib/base/time.ts';
import type { LockedBooking } from '#lib/bookings/lock-booking.ts';
import type { BillingFacts } from './billing.ts';

/** A GPU that a booking had for a while, and the part of that which may be billed. */
export type AllocationSpan = {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly billableFrom: Date | null;
  readonly billableUntil: Date | null;
  readonly gpu: { readonly uuid: string };
};

const NOT_YET_USABLE: ReadonlySet<string> = new Set(['held', 'accepted', 'pulling', 'starting']);

/** What of a booking's time may be billed, from what it had and what was asked for. */
export function billingFacts(booking: LockedBooking, spans: readonly AllocationSpan[]): BillingFacts {
  const { lease, terms } = booking;
  // A run that was not yet seen usable is not billed before the last time it was seen not to be.
  const unseenFrom = NOT_YET_USABLE.has(booking.observed) ? booking.observedAt : null;
  const gpuWindows = spans.map((span) => {
    const later = unseenFrom !== null && unseenFrom > span.startsAt && unseenFrom < span.endsAt;
    return {
      uuid: span.gpu.uuid,
      from: span.billableFrom ?? (later ? unseenFrom : span.startsAt),
      to: earliest(span.endsAt, span.billableUntil, lease.billableUntil) ?? span.endsAt,
    };
  });
  return {
    prices: terms,
    diskBytes: terms.diskBytes,
    gpuWindows,
    diskFrom: earliest(...gpuWindows.map((window) => window.from)) ?? null,
    diskTo: earliest(lease.billableUntil, booking.desired === 'running' ? null : booking.diskUntil) ?? null,
    ceilingMicros: lease.ceilingMicros,
    settled: lease.settledAt !== null,
  };
}
