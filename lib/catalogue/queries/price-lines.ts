import { addDays, type Day, dayOf } from '#lib/base/day.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import { BAND_DAYS } from '#lib/catalogue/price-band.ts';
import type { PriceLine, PricePoint } from '#lib/catalogue/price-line.ts';
import { db } from '#lib/io/db.ts';

export type LineAsk = {
  readonly model?: string | undefined;
  /** A line for each tier; otherwise one for all of them. */
  readonly byTier?: boolean | undefined;
  readonly simulated?: boolean | undefined;
  /** Days that are over, up to yesterday (UTC); 30 when left out. */
  readonly days?: number | undefined;
};

/**
 * What was asked for each model day by day, recordings apart from real machines. Anybody may look. Percentiles by nearest
 * rank over the listings of a day, as {@link percentileOf} counts them.
 */
export async function priceLines(ask: LineAsk, now: Date): Promise<PriceLine[]> {
  const today = dayOf(now);
  const from = addDays(today, -(ask.days ?? BAND_DAYS));
  const model = ask.model ?? null;
  const simulated = ask.simulated ?? null;
  const rows = await db.$queryRaw<Row[]>`
    WITH cells AS (
      SELECT f.model, CASE WHEN ${ask.byTier === true} THEN f.tier END AS tier, f.simulated, f.day, c.price, sum(c.listed) AS listed
      FROM price_facts f CROSS JOIN LATERAL unnest(f.prices, f.listings) AS c(price, listed)
      WHERE f.day >= ${from}::date AND f.day < ${today}::date AND c.listed > 0
        AND (${model}::text IS NULL OR f.model = ${model}) AND (${simulated}::boolean IS NULL OR f.simulated = ${simulated})
      GROUP BY 1, 2, 3, 4, 5
    ), ranked AS (
      SELECT *, sum(listed) OVER (PARTITION BY model, tier, simulated, day ORDER BY price) AS passed,
        sum(listed) OVER (PARTITION BY model, tier, simulated, day) AS total FROM cells
    )
    SELECT model, tier, simulated, day::text AS day, max(total)::int AS listings, min(price) AS "lowestMicros",
      min(price) FILTER (WHERE passed * 100 >= total * 25) AS "p25Micros",
      min(price) FILTER (WHERE passed * 100 >= total * 50) AS "medianMicros",
      min(price) FILTER (WHERE passed * 100 >= total * 75) AS "p75Micros", max(price) AS "highestMicros"
    FROM ranked GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 2, 4`;
  const to = addDays(today, -1);
  return [...Map.groupBy(rows, (row) => `${row.model}\n${row.tier}\n${row.simulated}`).values()].flatMap((line) => {
    const [first] = line;
    if (first === undefined) return [];
    const points = line.map(({ model: _, tier: _tier, simulated: _simulated, ...point }) => point);
    return [{ model: first.model, tier: first.tier, simulated: first.simulated, from, to, points }];
  });
}

type Row = PricePoint & {
  readonly model: string;
  readonly tier: TrustTier | null;
  readonly simulated: boolean;
  readonly day: Day;
};
