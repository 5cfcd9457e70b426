import { addSeconds } from '#lib/base/time.ts';
import { memoryNeed, SPLITS } from '#lib/catalogue/fit/memory.ts';
import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { OFFLINE_AFTER_SECONDS, TRUST_TIERS, type TrustTier } from '#lib/catalogue/machine.ts';
import { byName, type OffersFound, type Ranking } from '#lib/catalogue/offer.ts';
import { rankKeyOf } from '#lib/catalogue/rank-key.ts';
import { RELIABILITY_LEAST_OFFERED_MS, RELIABILITY_WINDOW_MS } from '#lib/catalogue/reliability.ts';
import { type Filter, GPU_COUNTS, type SearchAsk } from '#lib/catalogue/search.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type FoundRow, offerRow } from './found-offer.ts';

const GAINS: readonly Filter[] = ['model', 'vram', 'price', 'country', 'trust', 'reliability', 'simulated', 'job'];

const EVERY_ONE = { take: 1_000_000_000, skip: 0 };

/** {@link readOffers}, also in the orders that follow from the job: those are few enough, while an index is not there, to be ordered here. */
export async function findOffers(
  viewer: { readonly userId: string } | null,
  ask: SearchAsk,
  ranking: Ranking,
  page: { readonly take: number; readonly skip: number },
  now: Date,
): Promise<OffersFound> {
  const keyOf = 'near' in ranking ? null : rankKeyOf(ranking.by, ask);
  if (keyOf === null) return readOffers(viewer, ask, ranking, page, now);
  const found = await readOffers(viewer, ask, { by: 'price' }, EVERY_ONE, now);
  const keyed = found.rows.map((row, place) => {
    const listed = {
      ...row,
      vramBytes: Number(row.vramBytes),
      priceMicrosPerGpuHour: Number(row.priceMicrosPerGpuHour),
      diskPriceMicrosPerGibMonth: Number(row.diskPriceMicrosPerGibMonth),
    };
    return { row, place, key: keyOf(listed, row.freeGpus) };
  });
  // Cheapest first among equals, as they come; two that are endless differ by no number.
  keyed.sort((a, b) => a.key - b.key || a.place - b.place);
  return { ...found, rows: keyed.slice(page.skip, page.skip + page.take).map(({ row }) => row) };
}

/**
 * The one search of the market, in one statement: what is offered now (the same rule as `whyNotOffered`), which filters
 * each offer passes, what would change without each filter, and one page of what is left. An offer that is withdrawn,
 * suspended, not approved, over, or whose machine is silent is not offered and never among the rows.
 */
async function readOffers(
  viewer: { readonly userId: string } | null,
  ask: SearchAsk,
  ranking: Ranking,
  page: { readonly take: number; readonly skip: number },
  now: Date,
): Promise<OffersFound> {
  const near = 'near' in ranking ? ranking.near : null;
  const sort = 'near' in ranking ? 'near' : ranking.by;
  const windowFrom = new Date(now.getTime() - RELIABILITY_WINDOW_MS);
  const answeredSince = addSeconds(now, -OFFLINE_AFTER_SECONDS);
  const vramFloor = ask.vramGib === null ? null : vramFloorBytes(ask.vramGib);
  const need = ask.job === null ? null : memoryNeed(ask.job);
  const leastTier = { new: 0, selfTested: 1, checkedByStaff: 2 }[ask.trust];

  const found = await db.$queryRaw<FoundRow[]>`
    WITH present AS (
      SELECT g.machine_id, count(*)::int AS total, min(g.model) AS model, min(g.vram_bytes) AS vram_bytes,
        count(*) FILTER (WHERE taken.until IS NULL)::int AS free, min(taken.until) AS next_free_at,
        array_agg(coalesce(coming.at, 'infinity') ORDER BY coalesce(coming.at, 'infinity') DESC) FILTER (WHERE taken.until IS NULL) AS coming
      FROM gpus g
      LEFT JOIN LATERAL (
        SELECT max(a.ends_at) AS until FROM allocations a
        WHERE a.gpu_id = g.id AND NOT a.yields AND a.starts_at <= ${now}::timestamptz AND a.ends_at > ${now}::timestamptz
      ) taken ON true
      LEFT JOIN LATERAL (
        SELECT min(a.starts_at) AS at FROM allocations a WHERE a.gpu_id = g.id AND NOT a.yields AND a.starts_at > ${now}::timestamptz
      ) coming ON true
      WHERE g.removed_at IS NULL
      GROUP BY g.machine_id
    ), offered AS (
      SELECT l.id AS listing_id, l.machine_id, m.name AS machine_name, u.name AS host_name, u.id AS host_id, m.simulated,
        p.model, p.total, CASE WHEN hours.open THEN p.free ELSE 0 END AS free, p.vram_bytes,
        CASE WHEN hours.open THEN p.next_free_at ELSE hours.next_at END AS next_free_at,
        CASE WHEN hours.open THEN p.coming[coalesce(${ask.gpus}::int, l.min_gpus)] END AS all_free_until, hours.closes_at, m.start_ms,
        l.price_micros_per_gpu_hour AS price, l.disk_price_micros_per_gib_month AS disk_price, l.min_gpus, l.ends_at,
        m.region, m.country, m.last_sync_at, m.self_test_passed, m.staff_checked_at, l.published_at, m.specification,
        CASE WHEN NOT m.self_test_passed THEN 0 WHEN m.staff_checked_at IS NULL THEN 1 ELSE 2 END AS tier,
        reach.basis_points
      FROM listings l
      JOIN machines m ON m.id = l.machine_id
      JOIN users u ON u.id = l.host_id
      JOIN present p ON p.machine_id = m.id
      LEFT JOIN calendars c ON c.machine_id = m.id
      CROSS JOIN LATERAL (
        SELECT coalesce(c.open @> ${now}::timestamptz, true) AS open,
          (SELECT min(lower(r)) FROM unnest(c.open) r WHERE lower(r) > ${now}::timestamptz) AS next_at,
          (SELECT upper(r) FROM unnest(c.open) r WHERE r @> ${now}::timestamptz) AS closes_at
      ) hours
      LEFT JOIN LATERAL (
        SELECT range_agg(tstzrange(greatest(o.starts_at, ${windowFrom}::timestamptz), least(coalesce(o.ends_at, ${now}::timestamptz), ${now}::timestamptz))) AS spans
        FROM offers o
        WHERE o.machine_id = m.id AND o.starts_at < ${now}::timestamptz
          AND coalesce(o.ends_at, ${now}::timestamptz) > greatest(o.starts_at, ${windowFrom}::timestamptz)
      ) offer_time ON true
      LEFT JOIN LATERAL (
        SELECT range_agg(tstzrange(greatest(s.starts_at, ${windowFrom}::timestamptz), least(coalesce(s.ends_at, ${now}::timestamptz), ${now}::timestamptz))) AS spans
        FROM silences s
        WHERE s.machine_id = m.id AND s.starts_at < ${now}::timestamptz
          AND coalesce(s.ends_at, ${now}::timestamptz) > greatest(s.starts_at, ${windowFrom}::timestamptz)
      ) silent_time ON true
      LEFT JOIN LATERAL (
        SELECT CASE WHEN offered_ms >= ${RELIABILITY_LEAST_OFFERED_MS}::bigint
          THEN floor(10000 * (offered_ms - silent_ms) / offered_ms)::int END AS basis_points
        FROM (SELECT
          (SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r)) * 1000), 0) FROM unnest(offer_time.spans) r) AS offered_ms,
          (SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r)) * 1000), 0) FROM unnest(offer_time.spans * silent_time.spans) r) AS silent_ms
        ) measured
      ) reach ON true
      WHERE l.state = 'published' AND l.suspended_at IS NULL AND u.suspended_at IS NULL
        AND (l.ends_at IS NULL OR l.ends_at > ${now}::timestamptz)
        AND (l.approved_at IS NOT NULL OR (m.self_test_passed AND NOT ${env().listingApproval === 'staff'}::boolean))
        AND m.retired_at IS NULL AND m.identity_copied_at IS NULL AND jsonb_typeof(m.specification->'docker') = 'object'
        AND m.last_sync_at > ${answeredSince}::timestamptz
        AND l.id IS DISTINCT FROM ${near?.listingId ?? null}::text
    ), judged AS (
      SELECT offered.*,
        cardinality(${[...ask.models]}::text[]) = 0 OR model = ANY(${[...ask.models]}::text[]) AS ok_model,
        ${vramFloor}::bigint IS NULL OR vram_bytes >= ${vramFloor}::bigint AS ok_vram,
        ${ask.maxPriceMicrosPerGpuHour}::bigint IS NULL OR price <= ${ask.maxPriceMicrosPerGpuHour}::bigint AS ok_price,
        cardinality(${[...ask.countries]}::text[]) = 0 OR coalesce(country = ANY(${[...ask.countries]}::text[]), false) AS ok_country,
        tier >= ${leastTier}::int AS ok_trust,
        ${ask.leastReliabilityBasisPoints}::int IS NULL OR coalesce(basis_points >= ${ask.leastReliabilityBasisPoints}::int, false) AS ok_reliability,
        NOT (simulated AND ${ask.hideSimulated}::boolean) AS ok_simulated,
        ${need === null}::boolean OR coalesce((
          SELECT min(n) FROM unnest(${[...SPLITS]}::int[]) n
          WHERE n * (vram_bytes::float8 - ${need?.baseBytes ?? 0}::float8) >= ${need?.splitBytes ?? 0}::float8
        ) <= total, false) AS ok_job,
        ${ask.gpus}::int IS NULL OR ${ask.gpus}::int BETWEEN min_gpus AND total AS ok_count,
        ${ask.taken}::boolean OR free >= min_gpus AS ok_some_free,
        ${ask.taken}::boolean OR free >= coalesce(${ask.gpus}::int, min_gpus) AS ok_free
      FROM offered
    ), counted AS (
      SELECT judged.*, (NOT ok_model)::int + (NOT ok_vram)::int + (NOT ok_price)::int + (NOT ok_country)::int
        + (NOT ok_trust)::int + (NOT ok_reliability)::int + (NOT ok_simulated)::int + (NOT ok_job)::int AS failed
      FROM judged
    ), totals AS (
      SELECT count(*)::int AS offered,
        count(*) FILTER (WHERE failed = 0 AND ok_count AND ok_free)::int AS total,
        count(*) FILTER (WHERE NOT ok_model)::int AS out_model,
        count(*) FILTER (WHERE NOT ok_count OR (ok_some_free AND NOT ok_free))::int AS out_gpus,
        count(*) FILTER (WHERE NOT ok_vram)::int AS out_vram,
        count(*) FILTER (WHERE NOT ok_price)::int AS out_price,
        count(*) FILTER (WHERE NOT ok_country)::int AS out_country,
        count(*) FILTER (WHERE NOT ok_trust)::int AS out_trust,
        count(*) FILTER (WHERE NOT ok_reliability)::int AS out_reliability,
        count(*) FILTER (WHERE NOT ok_free)::int AS out_taken,
        count(*) FILTER (WHERE NOT ok_simulated)::int AS out_simulated,
        count(*) FILTER (WHERE NOT ok_job)::int AS out_job,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_job AND ok_count AND ok_free)::int AS gain_job,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_model AND ok_count AND ok_free)::int AS gain_model,
        count(*) FILTER (WHERE failed = 0 AND ok_some_free AND NOT (ok_count AND ok_free))::int AS gain_gpus,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_vram AND ok_count AND ok_free)::int AS gain_vram,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_price AND ok_count AND ok_free)::int AS gain_price,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_country AND ok_count AND ok_free)::int AS gain_country,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_trust AND ok_count AND ok_free)::int AS gain_trust,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_reliability AND ok_count AND ok_free)::int AS gain_reliability,
        count(*) FILTER (WHERE failed = 0 AND ok_count AND NOT ok_free)::int AS gain_taken,
        count(*) FILTER (WHERE failed = 1 AND NOT ok_simulated AND ok_count AND ok_free)::int AS gain_simulated,
        (SELECT coalesce(jsonb_object_agg(model, offers), '{}') FROM (
          SELECT model, count(*) FILTER (WHERE failed = (NOT ok_model)::int AND ok_count AND ok_free) AS offers FROM counted GROUP BY model
        ) m) AS models,
        (SELECT coalesce(jsonb_object_agg(country, offers), '{}') FROM (
          SELECT country, count(*) FILTER (WHERE failed = (NOT ok_country)::int AND ok_count AND ok_free) AS offers
          FROM counted WHERE country IS NOT NULL GROUP BY country
        ) c) AS countries,
        (SELECT coalesce(jsonb_object_agg(tier, offers), '{}') FROM (
          SELECT tier, count(*) FILTER (WHERE failed = (NOT ok_trust)::int AND ok_count AND ok_free) AS offers FROM counted GROUP BY tier
        ) t) AS tiers,
        (SELECT coalesce(jsonb_object_agg(n, offers), '{}') FROM (
          SELECT n, count(*) AS offers FROM counted
          JOIN unnest(${[...GPU_COUNTS]}::int[]) n ON n BETWEEN min_gpus AND CASE WHEN ${ask.taken}::boolean THEN total ELSE free END
          WHERE failed = 0 GROUP BY n
        ) g) AS gpu_counts
      FROM counted
    ), shown AS (
      SELECT counted.*, row_number() OVER (ORDER BY
        CASE WHEN ${sort}::text = 'near' THEN (model = ${near?.gpuModel ?? null}::text) END DESC NULLS LAST,
        CASE WHEN ${sort}::text = 'near' THEN (vram_bytes >= ${near?.vramBytes ?? null}::bigint) END DESC NULLS LAST,
        CASE WHEN ${sort}::text = 'near' THEN abs(price - ${near?.priceMicrosPerGpuHour ?? null}::bigint) END ASC NULLS LAST,
        CASE WHEN ${sort}::text = 'vram' THEN vram_bytes END DESC NULLS LAST,
        CASE WHEN ${sort}::text = 'reliability' THEN basis_points END DESC NULLS LAST,
        CASE WHEN ${sort}::text = 'newest' THEN published_at END DESC NULLS LAST,
        price ASC, listing_id ASC) AS place
      FROM counted WHERE failed = 0 AND ok_count AND ok_free
      ORDER BY place LIMIT ${page.take}::int OFFSET ${page.skip}::int
    )
    SELECT totals.*, shown.listing_id, shown.machine_id, shown.machine_name, shown.host_name, shown.host_id, shown.simulated,
      shown.model, shown.total AS gpu_count, shown.free, shown.vram_bytes, shown.next_free_at,
      nullif(least(shown.all_free_until, CASE WHEN shown.all_free_until IS NOT NULL THEN least(shown.closes_at, shown.ends_at) END), 'infinity') AS free_until,
      shown.start_ms, shown.price, shown.disk_price,
      shown.min_gpus, shown.ends_at, shown.region, shown.country, shown.last_sync_at, shown.self_test_passed,
      shown.staff_checked_at, shown.published_at, shown.basis_points,
      shown.specification->>'cpuModel' AS cpu_model, (shown.specification->>'cpuThreads')::int AS cpu_threads,
      (shown.specification->>'memoryBytes')::bigint AS memory_bytes, (shown.specification->>'diskFreeBytes')::bigint AS disk_free_bytes,
      (shown.specification->>'networkDownBitsPerSecond')::bigint AS network_down
    FROM totals LEFT JOIN shown ON true ORDER BY shown.place`;

  const totals = found[0];
  if (totals === undefined) throw new Error('an aggregate without a row');
  const perFilter = (prefix: 'out' | 'gain') =>
    Object.fromEntries(
      [...GAINS, 'gpus' as const, 'taken' as const].map((filter) => [filter, totals[`${prefix}_${filter}`]]),
    ) as Record<Filter, number>;
  return {
    total: totals.total,
    offered: totals.offered,
    leftOut: perFilter('out'),
    gained: perFilter('gain'),
    models: counted(totals.models).map(([model, offers]) => ({ model, offers })),
    countries: counted(totals.countries).map(([country, offers]) => ({ country, offers })),
    gpuCounts: GPU_COUNTS.map((count) => ({ count, offers: totals.gpu_counts[count] ?? 0 })),
    tiers: Object.fromEntries(TRUST_TIERS.map((tier, at) => [tier, totals.tiers[at] ?? 0])) as Record<
      TrustTier,
      number
    >,
    rows: found.flatMap((row) => (row.listing_id === null ? [] : [offerRow(row.listing_id, row, viewer, now)])),
  };
}

function counted(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).sort(byName);
}
