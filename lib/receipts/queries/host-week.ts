import type { Actor } from '#lib/base/actor.ts';
import { monthOf } from '#lib/base/month.ts';
import type { BookingKind } from '#lib/bookings/booking.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import { type OccupancyDay, occupancyWeek, projectedNet, weekStart } from '../host-week.ts';
import { earningsIn, machinesIn } from './earnings.ts';

/** How a host's machines do: this week's occupancy, and this month's money. Micro-dollars. */
export type HostWeek = {
  readonly days: readonly OccupancyDay[];
  readonly netThisMonthMicros: bigint;
  readonly projectedNetMicros: bigint;
};

/** The viewer's week and month as a host. */
export async function hostWeekOf(actor: Actor, now: Date): Promise<HostWeek> {
  const month = monthOf(now);
  const [machines, earnings, booked] = await Promise.all([
    machinesIn(actor, weekStart(now), now),
    earningsIn(actor, { name: 'thisMonth', from: month, to: month }, now),
    db.booking.findMany({
      where: { hostId: actor.userId, endedAt: null, endsAt: { gt: now } },
      select: { kind: true, desired: true, terms: true, startsAt: true, endsAt: true },
    }),
  ]);
  const { netMicros } = earnings.total;
  const ahead = booked.map(({ kind, terms, ...row }) => ({
    ...row,
    kind: kind as BookingKind,
    terms: readTerms(terms),
  }));
  return {
    days: occupancyWeek(machines, now),
    netThisMonthMicros: netMicros,
    projectedNetMicros: projectedNet(netMicros, ahead, now),
  };
}
