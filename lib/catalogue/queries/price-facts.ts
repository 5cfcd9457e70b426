import { addDays, dayOf } from '#lib/base/day.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import { BAND_DAYS } from '#lib/catalogue/price-band.ts';
import type { PriceCell } from '#lib/catalogue/price-day.ts';
import { db } from '#lib/io/db.ts';

/** What a model was offered and booked at in the 30 days before today (UTC), one cell a tier and price, the cheapest first. */
export async function priceCells(
  ask: { readonly model: string; readonly simulated: boolean },
  now: Date,
): Promise<(PriceCell & { readonly tier: TrustTier })[]> {
  const today = dayOf(now);
  return db.$queryRaw<(PriceCell & { readonly tier: TrustTier })[]>`
    SELECT f.tier, c.price AS "priceMicrosPerGpuHour", sum(c.listed)::int AS listings,
      sum(c.offered)::bigint AS "offeredGpuSeconds", sum(c.booked)::bigint AS "bookedGpuSeconds"
    FROM price_facts f
      CROSS JOIN LATERAL unnest(f.prices, f.listings, f.offered_gpu_seconds, f.booked_gpu_seconds) AS c(price, listed, offered, booked)
    WHERE f.model = ${ask.model} AND f.simulated = ${ask.simulated}
      AND f.day >= ${addDays(today, -BAND_DAYS)}::date AND f.day < ${today}::date
    GROUP BY f.tier, c.price ORDER BY c.price, f.tier`;
}
