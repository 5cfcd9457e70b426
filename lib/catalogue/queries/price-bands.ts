import { addDays, type Day, dayOf, dayStart } from '#lib/base/day.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import {
  BAND_DAYS,
  bandOf,
  type CountedPrice,
  groupKey,
  type PriceBand,
  type PriceBands,
} from '#lib/catalogue/price-band.ts';
import { db } from '#lib/io/db.ts';

/** A new day is seen after this long at the latest; it changes bands once in 24 hours. */
const LOOK_AGAIN_MS = 30_000;

type Kept = { readonly from: Day; readonly closed: string; readonly lookedAt: number; readonly bands: PriceBands };

// Next bundles this module several times into one process.
const shared = globalThis as typeof globalThis & { subletPriceBands?: Kept | undefined };

/**
 * The band of every model and trust tier: what was asked in the 30 days before today (UTC). From this process's memory, but
 * for one look every half a minute: cheap enough for each page of a search. {@link priceLabel} turns it into a label.
 */
export async function priceBands(now: Date): Promise<PriceBands> {
  const kept = shared.subletPriceBands;
  const from = addDays(dayOf(now), -BAND_DAYS);
  if (kept?.from === from && Math.abs(now.getTime() - kept.lookedAt) < LOOK_AGAIN_MS) return kept.bands;
  const [days] = await db.$queryRaw<{ closed: string }[]>`
    SELECT count(*) || ' ' || coalesce(max(day)::text, '') AS closed FROM price_days
    WHERE day >= ${from}::date AND day < ${dayOf(now)}::date`;
  const closed = days?.closed ?? '';
  const bands = kept?.from === from && kept.closed === closed ? kept.bands : await readBands(from, now);
  shared.subletPriceBands = { from, closed, lookedAt: now.getTime(), bands };
  return bands;
}

/** Makes the next {@link priceBands} look: for whoever has just closed a day in this process. */
export function forgetPriceBands(): void {
  shared.subletPriceBands = undefined;
}

async function readBands(from: Day, now: Date): Promise<PriceBands> {
  const today = dayOf(now);
  const rows = await db.$queryRaw<Row[]>`
    WITH cells AS (
      SELECT f.model, f.tier, f.simulated, f.day, c.price, c.listed
      FROM price_facts f CROSS JOIN LATERAL unnest(f.prices, f.listings) AS c(price, listed)
      WHERE f.day >= ${from}::date AND f.day < ${today}::date AND c.listed > 0
    ), fullest AS (
      SELECT model, tier, simulated, max(listed)::int AS listings FROM (
        SELECT model, tier, simulated, sum(listed) AS listed FROM cells GROUP BY model, tier, simulated, day
      ) days GROUP BY 1, 2, 3
    )
    SELECT model, tier, simulated, listings, price, sum(listed)::int AS count
    FROM cells JOIN fullest USING (model, tier, simulated) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 5`;
  const span = { from, to: dayOf(new Date(dayStart(today).getTime() - 1)) };
  const bands = new Map<string, PriceBand>();
  for (const [key, group] of Map.groupBy(rows, groupKey)) {
    const [first] = group;
    const prices = group.map(({ price, count }): CountedPrice => ({ priceMicrosPerGpuHour: price, count }));
    const band = first === undefined ? null : bandOf(first, prices, { ...span, listings: first.listings });
    if (band !== null) bands.set(key, band);
  }
  return bands;
}

type Row = {
  readonly model: string;
  readonly tier: TrustTier;
  readonly simulated: boolean;
  readonly listings: number;
  readonly price: bigint;
  readonly count: number;
};
