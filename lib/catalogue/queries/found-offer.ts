import { machineHealth, trustTier } from '#lib/catalogue/machine.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import type { Filter } from '#lib/catalogue/search.ts';

/** An offer from a row of the search. */
export function offerRow(
  listingId: string,
  row: FoundRow,
  viewer: { readonly userId: string } | null,
  now: Date,
): OfferRow {
  return {
    listingId,
    machineId: row.machine_id,
    machineName: row.machine_name,
    hostName: row.host_name,
    own: viewer?.userId === row.host_id,
    simulated: row.simulated,
    gpuModel: row.model,
    gpuCount: row.gpu_count,
    freeGpus: row.free,
    vramBytes: row.vram_bytes,
    priceMicrosPerGpuHour: row.price,
    diskPriceMicrosPerGibMonth: row.disk_price,
    minGpus: row.min_gpus,
    endsAt: row.ends_at,
    nextFreeAt: row.next_free_at,
    freeUntil: row.free_until,
    region: row.region,
    country: row.country,
    health: machineHealth(row.last_sync_at, now),
    trust: trustTier({ selfTestPassed: row.self_test_passed, staffCheckedAt: row.staff_checked_at }),
    reliabilityBasisPoints: row.basis_points,
    cpuModel: row.cpu_model,
    cpuThreads: row.cpu_threads,
    memoryBytes: Number(row.memory_bytes),
    diskFreeBytes: Number(row.disk_free_bytes),
    networkDownBitsPerSecond: row.network_down === null ? null : Number(row.network_down),
    startMs: row.start_ms,
    publishedAt: row.published_at,
  };
}

/** What the search reads: the counts on every row, an offer where there is one. */
export type FoundRow = { [name in `${'out' | 'gain'}_${Filter}`]: number } & {
  total: number;
  offered: number;
  models: Record<string, number>;
  countries: Record<string, number>;
  tiers: Record<string, number>;
  gpu_counts: Record<string, number>;
  listing_id: string | null;
  machine_id: string;
  machine_name: string;
  host_name: string;
  host_id: string;
  simulated: boolean;
  model: string;
  gpu_count: number;
  free: number;
  vram_bytes: bigint;
  next_free_at: Date | null;
  free_until: Date | null;
  start_ms: number | null;
  price: bigint;
  disk_price: bigint;
  min_gpus: number;
  ends_at: Date | null;
  region: string | null;
  country: string | null;
  last_sync_at: Date;
  self_test_passed: boolean;
  staff_checked_at: Date | null;
  published_at: Date;
  basis_points: number | null;
  cpu_model: string;
  cpu_threads: number;
  memory_bytes: bigint;
  disk_free_bytes: bigint;
  network_down: bigint | null;
};
