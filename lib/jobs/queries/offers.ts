import { earliest } from '#lib/base/time.ts';
import { ALWAYS, type Calendar, openNow } from '#lib/catalogue/calendar.ts';
import { whyNotOffered } from '#lib/catalogue/listing.ts';
import { TRUST_TIERS, trustTier } from '#lib/catalogue/machine.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import { calendarsOf } from '#lib/catalogue/queries/calendar.ts';
import type { Reader } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { Offered, OfferedGpu } from '../offer.ts';

type MachineRow = {
  readonly id: string;
  readonly listing_id: string;
  readonly host_id: string;
  readonly state: string;
  readonly price: bigint;
  readonly disk_price: bigint;
  readonly min_gpus: number;
  readonly ends_at: Date | null;
  readonly approved_at: Date | null;
  readonly suspended_at: Date | null;
  readonly host_suspended_at: Date | null;
  readonly self_test_passed: boolean;
  readonly staff_checked_at: Date | null;
  readonly last_sync_at: Date | null;
  readonly identity_copied_at: Date | null;
  readonly retired_at: Date | null;
  readonly country: string | null;
  readonly signing_key: string;
  readonly sealing_key: string;
  readonly docker: boolean;
  readonly cpu_threads: number;
  readonly memory_bytes: string;
  readonly disk_total_bytes: string;
  readonly disk_free_bytes: string;
};

type GpuRow = {
  readonly machine_id: string;
  readonly id: string;
  readonly uuid: string;
  readonly model: string;
  readonly vram_bytes: bigint;
  readonly taken: boolean;
  readonly next_taken_at: Date | null;
  readonly yielding: readonly {
    readonly bookingId: string;
    readonly micros: string;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly unused: boolean;
  }[];
};

export type OffersAsk = {
  /** These machines only. */
  readonly only?: readonly string[];
  /** Also those that are offered and do not answer now. */
  readonly evenSilent?: boolean;
};

/**
 * Machines that can be rented now, by id; for a look, or inside a transaction that has locked them. Four reads, however many
 * machines there are.
 */
export async function offeredMachines(
  reader: Pick<Reader, '$queryRaw' | 'calendar' | 'calendarBlock'>,
  now: Date,
  { only, evenSilent = false }: OffersAsk = {},
): Promise<Offered[]> {
  const all = only === undefined;
  const ids = [...(only ?? [])];
  const machines = await reader.$queryRaw<MachineRow[]>`
    SELECT m.id, l.id AS listing_id, m.host_id, l.state, l.price_micros_per_gpu_hour AS price,
      l.disk_price_micros_per_gib_month AS disk_price, l.min_gpus, l.ends_at, l.approved_at, l.suspended_at,
      u.suspended_at AS host_suspended_at, m.self_test_passed, m.staff_checked_at, m.last_sync_at, m.identity_copied_at,
      m.retired_at, m.country, m.signing_key, m.sealing_key,
      jsonb_typeof(m.specification->'docker') = 'object' AS docker, (m.specification->>'cpuThreads')::int AS cpu_threads,
      m.specification->>'memoryBytes' AS memory_bytes, m.specification->>'diskTotalBytes' AS disk_total_bytes,
      m.specification->>'diskFreeBytes' AS disk_free_bytes
    FROM machines m JOIN listings l ON l.machine_id = m.id JOIN users u ON u.id = m.host_id
    WHERE l.state = 'published' AND (${all} OR m.id = ANY(${ids}))
    ORDER BY m.id`;
  const found = machines.map((machine) => machine.id);
  const gpus = await reader.$queryRaw<GpuRow[]>`
    SELECT g.machine_id, g.id, g.uuid, g.model, g.vram_bytes,
      coalesce(bool_or(a.starts_at <= ${now}::timestamptz AND NOT a.yields), false) AS taken,
      min(a.starts_at) FILTER (WHERE a.starts_at > ${now}::timestamptz AND NOT a.yields) AS next_taken_at,
      coalesce(json_agg(json_build_object('bookingId', a.booking_id, 'micros', coalesce(d.micros_per_gpu_hour, 0)::text,
        'startsAt', a.starts_at, 'endsAt', a.ends_at, 'unused', b.started_at IS NULL)) FILTER (WHERE a.yields), '[]') AS yielding
    FROM gpus g LEFT JOIN allocations a ON a.gpu_id = g.id AND a.ends_at > ${now}::timestamptz
    LEFT JOIN bookings b ON b.id = a.booking_id AND a.yields LEFT JOIN bids d ON d.booking_id = b.id
    WHERE g.removed_at IS NULL AND g.machine_id = ANY(${found})
    GROUP BY g.id ORDER BY g.machine_id, g.position, g.id`;
  const disks = await reader.$queryRaw<{ machine_id: string; bytes: string }[]>`
    SELECT machine_id, sum((terms->>'diskBytes')::numeric)::text AS bytes FROM bookings
    WHERE machine_id = ANY(${found}) AND observed <> 'ended' AND ended_at IS NULL GROUP BY machine_id`;
  const calendars = await calendarsOf(reader, found, now);
  const gpusOf = Map.groupBy(gpus, (gpu) => gpu.machine_id);
  const promised = new Map(disks.map((row) => [row.machine_id, Number(row.bytes)]));
  return machines.flatMap((row) => {
    const own = (gpusOf.get(row.id) ?? []).map(gpuFrom);
    return isOffered(evenSilent ? { ...row, last_sync_at: now } : row, own.length, now)
      ? [offerFrom(row, own, promised.get(row.id) ?? 0, calendars.get(row.id) ?? ALWAYS, now)]
      : [];
  });
}

function gpuFrom(row: GpuRow): OfferedGpu {
  const { id, uuid, model, taken } = row;
  const yielding = row.yielding.map(({ bookingId, micros, startsAt, endsAt, unused }) => ({
    bookingId,
    microsPerGpuHour: BigInt(micros),
    startsAt: new Date(startsAt),
    endsAt: new Date(endsAt),
    unused,
  }));
  return { id, uuid, model, taken, vramBytes: Number(row.vram_bytes), nextTakenAt: row.next_taken_at, yielding };
}

function isOffered(row: MachineRow, gpuCount: number, now: Date): boolean {
  const listing = {
    state: row.state,
    minGpus: row.min_gpus,
    endsAt: row.ends_at,
    approvedAt: row.approved_at,
    suspendedAt: row.suspended_at,
  };
  const machine = {
    hostId: row.host_id,
    host: { suspendedAt: row.host_suspended_at },
    selfTestPassed: row.self_test_passed,
    lastSyncAt: row.last_sync_at,
    identityCopiedAt: row.identity_copied_at,
    retiredAt: row.retired_at,
    specification: { docker: row.docker ? {} : null },
  };
  return whyNotOffered(offerFacts(listing, machine, gpuCount, env().listingApproval === 'staff'), now) === null;
}

function offerFrom(
  row: MachineRow,
  gpus: readonly OfferedGpu[],
  promisedBytes: number,
  calendar: Calendar,
  now: Date,
): Offered {
  const open = openNow(calendar, now);
  const tier = trustTier({ selfTestPassed: row.self_test_passed, staffCheckedAt: row.staff_checked_at });
  return {
    machineId: row.id,
    listingId: row.listing_id,
    hostId: row.host_id,
    signingKey: row.signing_key,
    sealingKey: row.sealing_key,
    priceMicrosPerGpuHour: row.price,
    diskPriceMicrosPerGibMonth: row.disk_price,
    minGpus: row.min_gpus,
    endsAt: open === null ? now : (earliest(row.ends_at, open.closesAt) ?? null),
    leastSeconds: calendar.leastSeconds,
    mostSeconds: calendar.mostSeconds,
    country: row.country,
    trust: TRUST_TIERS.indexOf(tier),
    cpuThreads: row.cpu_threads,
    memoryBytes: Number(row.memory_bytes),
    diskTotalBytes: Number(row.disk_total_bytes),
    diskFreeBytes: Number(row.disk_free_bytes) - promisedBytes,
    gpus,
  };
}
