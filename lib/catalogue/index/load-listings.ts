import { DAY } from '#lib/base/time.ts';
import { type ListingState, whyNotOffered } from '#lib/catalogue/listing.ts';
import { TRUST_TIERS, trustTier } from '#lib/catalogue/machine.ts';
import { RELIABILITY_WINDOW_MS } from '#lib/catalogue/reliability.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { KeptListing } from './kept-listing.ts';

/** Machines with a published listing, in reads of bounded size. */
export async function* publishedMachines(atOnce: number): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const rows = await db.listing.findMany({
      where: { state: 'published', machineId: { gt: after } },
      orderBy: { machineId: 'asc' },
      take: atOnce,
      select: { machineId: true },
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ machineId }) => machineId);
    after = last.machineId;
  }
}

/**
 * The listings of these machines as they stand in the database: only those that are offered while their machine answers and
 * their time is not over. What ended before `now` is of no use to an index that only goes forward and is left out.
 */
export async function loadListings(machineIds: readonly string[], now: Date): Promise<KeptListing[]> {
  const windowFrom = new Date(now.getTime() - RELIABILITY_WINDOW_MS - DAY);
  const rows = await db.$queryRaw<Row[]>`
    SELECT l.id AS listing_id, l.machine_id, m.name AS machine_name, u.name AS host_name, u.id AS host_id, m.simulated,
      present.model, present.total, present.vram_bytes, l.state, l.price_micros_per_gpu_hour AS price,
      l.disk_price_micros_per_gib_month AS disk_price, l.min_gpus, l.ends_at, l.published_at, l.approved_at, l.suspended_at,
      u.suspended_at AS host_suspended_at, m.region, m.country, m.last_sync_at, m.self_test_passed, m.staff_checked_at,
      m.identity_copied_at, m.retired_at, m.start_ms, coalesce(jsonb_typeof(m.specification->'docker') = 'object', false) AS has_docker,
      m.specification->>'cpuModel' AS cpu_model, (m.specification->>'cpuThreads')::int AS cpu_threads,
      (m.specification->>'memoryBytes')::float8 AS memory_bytes, (m.specification->>'diskFreeBytes')::float8 AS disk_free_bytes,
      (m.specification->>'networkDownBitsPerSecond')::float8 AS network_down,
      taken.starts AS taken_starts, taken.ends AS taken_ends, taken.gpus AS taken_gpus, offered.starts AS offer_starts, offered.ends AS offer_ends,
      silent.starts AS silence_starts, silent.ends AS silence_ends, c.machine_id IS NOT NULL AS has_hours,
      hours.starts AS open_starts, hours.ends AS open_ends
    FROM listings l
    JOIN machines m ON m.id = l.machine_id
    JOIN users u ON u.id = l.host_id
    JOIN LATERAL (
      SELECT count(*)::int AS total, min(g.model) AS model, min(g.vram_bytes)::float8 AS vram_bytes
      FROM gpus g WHERE g.machine_id = m.id AND g.removed_at IS NULL HAVING count(*) > 0
    ) present ON true
    LEFT JOIN LATERAL (
      SELECT array_agg((extract(epoch FROM a.starts_at) * 1000)::float8 ORDER BY a.id) AS starts,
        array_agg((extract(epoch FROM a.ends_at) * 1000)::float8 ORDER BY a.id) AS ends, array_agg(g.number ORDER BY a.id) AS gpus
      FROM (SELECT id, row_number() OVER (ORDER BY id)::int AS number FROM gpus WHERE machine_id = m.id AND removed_at IS NULL) g
      JOIN allocations a ON a.gpu_id = g.id AND a.ends_at > ${now}::timestamptz AND a.ends_at > a.starts_at
      -- Who yields is no obstacle to whoever searches.
      WHERE NOT a.yields
    ) taken ON true
    LEFT JOIN LATERAL (
      SELECT array_agg((extract(epoch FROM o.starts_at) * 1000)::float8 ORDER BY o.id) AS starts,
        array_agg(coalesce((extract(epoch FROM o.ends_at) * 1000)::float8, -1) ORDER BY o.id) AS ends
      FROM offers o WHERE o.machine_id = m.id AND (o.ends_at IS NULL OR o.ends_at > ${windowFrom}::timestamptz)
    ) offered ON true
    LEFT JOIN LATERAL (
      SELECT array_agg((extract(epoch FROM s.starts_at) * 1000)::float8 ORDER BY s.id) AS starts,
        array_agg(coalesce((extract(epoch FROM s.ends_at) * 1000)::float8, -1) ORDER BY s.id) AS ends
      FROM silences s WHERE s.machine_id = m.id AND (s.ends_at IS NULL OR s.ends_at > ${windowFrom}::timestamptz)
    ) silent ON true
    LEFT JOIN calendars c ON c.machine_id = m.id
    LEFT JOIN LATERAL (
      SELECT array_agg(coalesce((extract(epoch FROM lower(r)) * 1000)::float8, 0) ORDER BY r) AS starts,
        array_agg(coalesce((extract(epoch FROM upper(r)) * 1000)::float8, -1) ORDER BY r) AS ends
      FROM unnest(c.open) r WHERE upper_inf(r) OR upper(r) > ${now}::timestamptz
    ) hours ON true
    WHERE l.machine_id = ANY(${[...machineIds]}::text[]) AND l.state = 'published'`;
  const approvalNeeded = env().listingApproval === 'staff';
  return rows.flatMap((row) => (mayBeOffered(row, approvalNeeded, now) ? [kept(row)] : []));
}

/** Signs of life since `since`. */
export async function signsOfLife(since: Date): Promise<readonly { readonly id: string; readonly at: number }[]> {
  const rows = await db.$queryRaw<{ id: string; at: number }[]>`
    SELECT id, (extract(epoch FROM last_sync_at) * 1000)::float8 AS at FROM machines WHERE last_sync_at > ${since}::timestamptz`;
  return rows;
}

/** The rule of the market, time and silence apart: the index judges those at each instant. */
function mayBeOffered(row: Row, approvalNeeded: boolean, now: Date): boolean {
  return (
    whyNotOffered(
      {
        state: row.state,
        minGpus: row.min_gpus,
        endsAt: null,
        approvedAt: row.approved_at,
        suspendedAt: row.suspended_at,
        hostId: row.host_id,
        hostSuspendedAt: row.host_suspended_at,
        selfTestPassed: row.self_test_passed,
        approvalNeeded,
        machine: {
          lastSyncAt: now,
          identityCopiedAt: row.identity_copied_at,
          retiredAt: row.retired_at,
          hasDocker: row.has_docker,
          gpuCount: row.total,
        },
      },
      now,
    ) === null
  );
}

function kept(row: Row): KeptListing {
  return {
    listingId: row.listing_id,
    machineId: row.machine_id,
    machineName: row.machine_name,
    hostName: row.host_name,
    hostId: row.host_id,
    simulated: row.simulated,
    gpuModel: row.model,
    gpuCount: row.total,
    vramBytes: row.vram_bytes,
    priceMicrosPerGpuHour: Number(row.price),
    diskPriceMicrosPerGibMonth: Number(row.disk_price),
    minGpus: row.min_gpus,
    endsAt: row.ends_at?.getTime() ?? null,
    publishedAt: row.published_at.getTime(),
    region: row.region,
    country: row.country,
    lastSyncAt: row.last_sync_at?.getTime() ?? Number.NEGATIVE_INFINITY,
    tier: TRUST_TIERS.indexOf(
      trustTier({ selfTestPassed: row.self_test_passed, staffCheckedAt: row.staff_checked_at }),
    ),
    cpuModel: row.cpu_model,
    cpuThreads: row.cpu_threads,
    memoryBytes: row.memory_bytes,
    diskFreeBytes: row.disk_free_bytes,
    networkDownBitsPerSecond: row.network_down,
    taken: flat(row.taken_starts, row.taken_ends),
    takenOf: row.taken_gpus ?? NONE,
    startMs: row.start_ms,
    open: row.has_hours ? flat(row.open_starts, row.open_ends) : null,
    offers: flat(row.offer_starts, row.offer_ends),
    silences: flat(row.silence_starts, row.silence_ends),
  };
}

const NONE: readonly number[] = [];

/** From, to, from, to …; SQL says -1 where a span goes on. */
function flat(starts: readonly number[] | null, ends: readonly number[] | null): readonly number[] {
  if (starts === null || ends === null || starts.length === 0) return NONE;
  return starts.flatMap((start, at) => [
    start,
    (ends[at] as number) < 0 ? Number.POSITIVE_INFINITY : (ends[at] as number),
  ]);
}

type Row = {
  listing_id: string;
  machine_id: string;
  machine_name: string;
  host_name: string;
  host_id: string;
  simulated: boolean;
  model: string;
  total: number;
  vram_bytes: number;
  state: ListingState;
  price: bigint;
  disk_price: bigint;
  min_gpus: number;
  ends_at: Date | null;
  published_at: Date;
  approved_at: Date | null;
  suspended_at: Date | null;
  host_suspended_at: Date | null;
  region: string | null;
  country: string | null;
  last_sync_at: Date | null;
  self_test_passed: boolean;
  staff_checked_at: Date | null;
  identity_copied_at: Date | null;
  retired_at: Date | null;
  has_docker: boolean;
  cpu_model: string;
  cpu_threads: number;
  memory_bytes: number;
  disk_free_bytes: number;
  network_down: number | null;
  taken_starts: number[] | null;
  taken_ends: number[] | null;
  taken_gpus: number[] | null;
  start_ms: number | null;
  offer_starts: number[] | null;
  offer_ends: number[] | null;
  silence_starts: number[] | null;
  silence_ends: number[] | null;
  has_hours: boolean;
  open_starts: number[] | null;
  open_ends: number[] | null;
};
