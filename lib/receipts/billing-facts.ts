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

/** What of a booking's time may be billed, from what it had and what was asked for. */
export function billingFacts(
  booking: Pick<LockedBooking, 'terms' | 'desired' | 'diskUntil'> & {
    readonly lease: Pick<LockedBooking['lease'], 'billableUntil' | 'ceilingMicros' | 'settledAt'>;
  },
  spans: readonly AllocationSpan[],
): BillingFacts {
  const { lease, terms } = booking;
  const gpuWindows = spans.map((span) => ({
    uuid: span.gpu.uuid,
    // A machine that waits for a reserved window says early that it cannot be used yet.
    from: span.billableFrom !== null && span.billableFrom > span.startsAt ? span.billableFrom : span.startsAt,
    to: earliest(span.endsAt, span.billableUntil, lease.billableUntil) ?? span.endsAt,
  }));
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
