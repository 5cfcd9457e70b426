import { addDays, dayOf } from '#lib/base/day.ts';
import { type ModelNow, type ModelPast, modelKey, modelsOf } from '#lib/catalogue/market-now.ts';
import { BAND_DAYS } from '#lib/catalogue/price-band.ts';
import type { PriceLine } from '#lib/catalogue/price-line.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { priceLines } from './price-lines.ts';
import { everyOffer } from './search.ts';

export type MarketNow = {
  readonly at: Date;
  readonly models: readonly ModelNow[];
  /** Published and answering; of those, recordings. */
  readonly machinesOnline: number;
  readonly simulatedOnline: number;
  readonly feeBasisPoints: number;
};

/** What is shown to everybody may be this old; the days before today change once in 24 hours. */
const GOOD_FOR_MS = 5_000;
const PAST_GOOD_FOR_MS = 60_000;

type Past = readonly [lines: readonly PriceLine[], pasts: ReadonlyMap<string, ModelPast>];
type Kept<What> = { readonly today: string; readonly at: number; readonly what: Promise<What> };
// Next bundles this module several times into one process.
const shared = globalThis as typeof globalThis & {
  subletMarketNow?: { now?: Kept<MarketNow> | undefined; past?: Kept<Past> | undefined };
};
shared.subletMarketNow ??= {};
const memory = shared.subletMarketNow;

/** Prices of this moment by model, with the 30 days before. Anybody may look; at most five seconds old, however many look. */
export async function marketNow(now: Date): Promise<MarketNow> {
  memory.now = keptOr(memory.now, GOOD_FOR_MS, now, read);
  return memory.now.what;
}

/** Makes the next {@link marketNow} look: for whoever has just closed a day in this process. */
export function forgetMarketNow(): void {
  memory.now = undefined;
  memory.past = undefined;
}

/** Several who ask at once share one answer; one that failed is nobody's. */
function keptOr<What>(
  kept: Kept<What> | undefined,
  goodForMs: number,
  now: Date,
  ask: (now: Date) => Promise<What>,
): Kept<What> {
  if (kept?.today === dayOf(now) && Math.abs(now.getTime() - kept.at) < goodForMs) return kept;
  const what = ask(now);
  what.catch(forgetMarketNow);
  return { today: dayOf(now), at: now.getTime(), what };
}

async function read(now: Date): Promise<MarketNow> {
  memory.past = keptOr(memory.past, PAST_GOOD_FOR_MS, now, (at) => Promise.all([priceLines({}, at), readPasts(at)]));
  const [offers, [lines, pasts]] = await Promise.all([everyOffer(now), memory.past.what]);
  const models = modelsOf(offers, lines, pasts);
  const online = (of: readonly ModelNow[]) => of.reduce((sum, { machinesOnline }) => sum + machinesOnline, 0);
  return {
    at: now,
    models,
    machinesOnline: online(models),
    simulatedOnline: online(models.filter(({ simulated }) => simulated)),
    feeBasisPoints: env().feeBasisPoints,
  };
}

async function readPasts(now: Date): Promise<ReadonlyMap<string, ModelPast>> {
  const today = dayOf(now);
  const rows = await db.$queryRaw<(ModelPast & { model: string; simulated: boolean })[]>`
    WITH cells AS (
      SELECT f.model, f.simulated, c.price, sum(c.listed) AS listed, sum(c.offered) AS offered, sum(c.booked) AS booked
      FROM price_facts f
        CROSS JOIN LATERAL unnest(f.prices, f.listings, f.offered_gpu_seconds, f.booked_gpu_seconds) AS c(price, listed, offered, booked)
      WHERE f.tier <> 'new' AND f.day >= ${addDays(today, -BAND_DAYS)}::date AND f.day < ${today}::date
      GROUP BY 1, 2, 3
    ), ranked AS (
      SELECT *, sum(listed) OVER (PARTITION BY model, simulated ORDER BY price) AS passed,
        sum(listed) OVER (PARTITION BY model, simulated) AS total FROM cells
    )
    SELECT model, simulated, max(total)::int AS n,
      min(price) FILTER (WHERE listed > 0 AND passed * 100 >= total * 25) AS "p25Micros",
      min(price) FILTER (WHERE listed > 0 AND passed * 100 >= total * 50) AS "medianMicros",
      min(price) FILTER (WHERE listed > 0 AND passed * 100 >= total * 75) AS "p75Micros",
      sum(offered)::bigint AS "offeredGpuSeconds", sum(booked)::bigint AS "bookedGpuSeconds",
      floor(sum(price * booked) / nullif(sum(booked), 0))::bigint AS "bookedMicrosPerGpuHour"
    FROM ranked GROUP BY 1, 2 HAVING max(total) > 0`;
  return new Map(rows.map(({ model, simulated, ...past }) => [modelKey({ model, simulated }), past]));
}
