import type { Micros } from '#lib/base/money.ts';
import { addMonths, monthOf, monthStart } from '#lib/base/month.ts';
import type { Span } from '#lib/base/spans.ts';
import { DAY, earliest, secondsBetween } from '#lib/base/time.ts';
import type { BookingKind } from '#lib/bookings/booking.ts';
import { runningCost, shareOf, type Terms } from '#lib/bookings/terms.ts';
import { type GpuTime, gpuTimeOf, type OccupiedGpu, occupancyOf } from '#lib/catalogue/occupancy.ts';

/** A day of UTC: how much of the offered GPU-time was rented. */
export type OccupancyDay = {
  readonly startsAt: Date;
  readonly rentedGpuSeconds: number;
  readonly offeredGpuSeconds: number;
  /** 10,000 is all of it; null when nothing was offered. */
  readonly basisPoints: number | null;
};

const DAYS = 7;

/** When the week begins that ends today: six whole days of UTC before this one. */
export function weekStart(now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY) * DAY - (DAYS - 1) * DAY);
}

/** The last seven days of UTC, today as far as it has come. */
export function occupancyWeek(
  machines: readonly { readonly offers: readonly Span[]; readonly gpus: readonly OccupiedGpu[] }[],
  now: Date,
): OccupancyDay[] {
  return Array.from({ length: DAYS }, (_, day) => {
    const startsAt = new Date(weekStart(now).getTime() + day * DAY);
    const until = new Date(Math.min(startsAt.getTime() + DAY, now.getTime()));
    const times: GpuTime[] = machines.map((machine) => gpuTimeOf(machine, startsAt, until));
    const sum = (of: (time: GpuTime) => number) => Math.floor(times.reduce((all, time) => all + of(time), 0) / 1_000);
    return {
      startsAt,
      rentedGpuSeconds: sum(({ rentedMs }) => rentedMs),
      offeredGpuSeconds: sum(({ offeredMs }) => offeredMs),
      basisPoints: occupancyOf(times),
    };
  });
}

/** What is booked on a host's machines: what a projection counts on. */
export type BookedAhead = {
  readonly kind: BookingKind;
  readonly desired: string;
  readonly terms: Terms;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

export const PROJECTION_SENTENCE =
  'What you earned this month, and what is booked now if it runs until its end or the end of the month (UTC). Interruptible rentals are not counted on.';

/** Net of this month if everything that is booked runs to its end. Micro-dollars. */
export function projectedNet(netSoFarMicros: Micros, booked: readonly BookedAhead[], now: Date): Micros {
  const monthEnd = monthStart(addMonths(monthOf(now), 1));
  return booked
    .filter(({ kind, desired }) => kind !== 'interruptible' && desired === 'running')
    .reduce((sum, { terms, startsAt, endsAt }) => {
      const from = startsAt > now ? startsAt : now;
      const seconds = Math.max(0, secondsBetween(from, earliest(endsAt, monthEnd) ?? monthEnd));
      return sum + shareOf(runningCost(terms, seconds), terms.feeBasisPoints).hostMicros;
    }, netSoFarMicros);
}
