import { addDays, type Day, dayOf, dayStart, daysFrom } from '#lib/base/day.ts';
import { madeAt } from '#lib/base/id.ts';
import { MINUTE } from '#lib/base/time.ts';
import { trustTier } from '#lib/catalogue/machine.ts';
import type { PriceGroup } from '#lib/catalogue/price-band.ts';
import type { PricedListing } from '#lib/catalogue/price-day.ts';
import { db } from '#lib/io/db.ts';

/** A day is written down when it has been over for this long: sweeps that close what ended in it have run by then. */
export const SETTLED_AFTER_MS = 10 * MINUTE;
/** A market that finds itself without a history writes down so many days at most. */
const MOST_DAYS_BACK = 90;
const READ_AT_ONCE = 500;

/** The days that are over and not written down yet, oldest first; none before anything was offered. */
export async function daysToClose(now: Date): Promise<Day[]> {
  const last = addDays(dayOf(new Date(now.getTime() - SETTLED_AFTER_MS)), -1);
  const first = addDays(last, 1 - MOST_DAYS_BACK);
  const { _min } = await db.offer.aggregate({ _min: { startsAt: true } });
  if (_min.startsAt === null) return [];
  const begun = dayOf(_min.startsAt);
  const closed = await db.priceDay.findMany({ where: { day: { gte: dayStart(first) } }, select: { day: true } });
  const known = new Set(closed.map(({ day }) => dayOf(day)));
  return daysFrom(first, last).filter((day) => day >= begun && !known.has(day));
}

/** A listing, and what it is compared with on a day: its tier is today's, but for a check by staff that came later. */
export type ListingToPrice = PricedListing & { readonly groupAt: (until: Date) => PriceGroup };

/** What was offered or rented between two instants, in reads of bounded size. */
export async function* pricedListings(from: Date, until: Date): AsyncGenerator<ListingToPrice[]> {
  const within = { startsAt: { lt: until }, OR: [{ endsAt: null }, { endsAt: { gt: from } }] };
  const rented = { startsAt: { lt: until }, endsAt: { gt: from }, yields: false };
  for (let after = ''; ; ) {
    const rows = await db.machine.findMany({
      where: {
        id: { gt: after },
        listing: { isNot: null },
        OR: [{ offers: { some: within } }, { gpus: { some: { allocations: { some: rented } } } }],
      },
      orderBy: { id: 'asc' },
      take: READ_AT_ONCE,
      select: {
        id: true,
        simulated: true,
        selfTestPassed: true,
        staffCheckedAt: true,
        offers: { where: within, select: { startsAt: true, endsAt: true } },
        listing: {
          select: {
            priceMicrosPerGpuHour: true,
            prices: {
              orderBy: [{ since: 'asc' }, { id: 'asc' }],
              select: { since: true, priceMicrosPerGpuHour: true },
            },
          },
        },
        gpus: {
          orderBy: [{ removedAt: { sort: 'desc', nulls: 'first' } }, { position: 'asc' }],
          select: {
            id: true,
            model: true,
            removedAt: true,
            allocations: {
              where: rented,
              select: { startsAt: true, endsAt: true, booking: { select: { terms: true } } },
            },
          },
        },
      },
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.flatMap(({ listing, gpus, offers, ...machine }) => {
      const model = gpus[0]?.model;
      if (listing === null || model === undefined) return [];
      return [
        {
          prices: listing.prices,
          offers,
          gpus: gpus.map((gpu) => ({
            presentFrom: madeAt(gpu.id),
            presentUntil: gpu.removedAt,
            booked: gpu.allocations.map(({ startsAt, endsAt, booking }) => ({
              startsAt,
              endsAt,
              priceMicrosPerGpuHour: agreedPrice(booking.terms) ?? listing.priceMicrosPerGpuHour,
            })),
          })),
          groupAt: (at: Date) => {
            const { selfTestPassed, staffCheckedAt } = machine;
            const checked = staffCheckedAt !== null && staffCheckedAt < at ? staffCheckedAt : null;
            return {
              model,
              tier: trustTier({ selfTestPassed, staffCheckedAt: checked }),
              simulated: machine.simulated,
            };
          },
        },
      ];
    });
    after = last.id;
  }
}

/** The price in the frozen terms of a booking; the rest of them is not for this room. */
function agreedPrice(terms: unknown): bigint | null {
  const price = (terms as { priceMicrosPerGpuHour?: unknown } | null)?.priceMicrosPerGpuHour;
  return typeof price === 'string' && /^[1-9]\d{0,17}$/.test(price) ? BigInt(price) : null;
}
