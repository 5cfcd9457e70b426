import type { Micros } from '#lib/base/money.ts';
import { addSeconds } from '#lib/base/time.ts';
import type { Calendar } from '#lib/catalogue/calendar.ts';
import type { ListingTerms, OfferFacts } from '#lib/catalogue/listing.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import { calendarFrom, type StoredRules } from '#lib/catalogue/stored-calendar.ts';
import type { Reader } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { prepared, texts } from '#lib/io/prepared.ts';

/** An offer as it stands: what a booking decides by. */
export type StandingOffer = {
  readonly listingId: string;
  readonly machineId: string;
  readonly hostId: string;
  readonly simulated: boolean;
  readonly terms: ListingTerms;
  readonly takesBids: boolean;
  readonly bidFloorMicrosPerGpuHour: Micros | null;
  readonly facts: OfferFacts;
  readonly calendar: Calendar;
  /** The machine's raw public keys, base64url. */
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly memoryBytes: number;
  readonly cpuThreads: number;
  readonly diskFreeBytes: number;
  /** What of the disk is promised to rentals that have not ended. */
  readonly rentedDiskBytes: bigint;
  /** Renters to whom the host does not rent. */
  readonly blockedRenterIds: readonly string[];
  /**
   * GPUs in the machine, by position. `takenUntil` is null when nobody has it now; `nextTakenAt` is when somebody will. Who
   * yields counts as nobody there and stands in `yielding`.
   */
  readonly gpus: readonly {
    readonly id: string;
    readonly uuid: string;
    readonly model: string;
    readonly takenUntil: Date | null;
    readonly nextTakenAt: Date | null;
    /** The windows in which somebody has or will have it who does not yield. */
    readonly taken: readonly { readonly startsAt: Date; readonly endsAt: Date }[];
    readonly yielding: readonly YieldingRental[];
  }[];
};

/** An interruptible rental that has a GPU, or is about to: what its bid is, and whether its renter could use it yet. */
export type YieldingRental = {
  readonly bookingId: string;
  readonly microsPerGpuHour: Micros;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly unused: boolean;
};

type Row = {
  readonly listingId: string;
  readonly state: string;
  readonly priceMicrosPerGpuHour: bigint;
  readonly diskPriceMicrosPerGibMonth: bigint;
  readonly minGpus: number;
  readonly takesBids: boolean;
  readonly bidFloorMicrosPerGpuHour: bigint | null;
  readonly endsAt: Date | null;
  readonly approvedAt: Date | null;
  readonly suspendedAt: Date | null;
  readonly machineId: string;
  readonly hostId: string;
  readonly hostSuspendedAt: Date | null;
  readonly simulated: boolean;
  readonly specification: { readonly memoryBytes: number; readonly cpuThreads: number; readonly diskFreeBytes: number };
  readonly selfTestPassed: boolean;
  readonly lastSyncAt: Date | null;
  readonly identityCopiedAt: Date | null;
  readonly retiredAt: Date | null;
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly rentedDiskBytes: bigint;
  readonly blockedRenterIds: readonly string[];
  readonly calendar: StoredRules | null;
  readonly blocks: readonly JsonBlock[];
  readonly gpus: readonly { readonly id: string; readonly uuid: string; readonly model: string }[];
  readonly windows: readonly JsonWindow[];
};
/** Instants in JSON are text. */
type JsonBlock = { readonly kind: string; readonly startsAt: string; readonly endsAt: string };
type JsonWindow = {
  readonly gpuId: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly yields: boolean;
  readonly bookingId: string;
  /** Of what yields only. */
  readonly bidMicros: string | null;
  readonly unused: boolean | null;
};

// The planner is not shown what now is: it would plan anew at each call, for a guess of how much lies ahead.
const NOW = '(SELECT $2::timestamptz)';

/**
 * Everything about an offer in one statement; $1 chooses the listings, $2 is now. OFFSET: windows are looked up GPU by GPU, however few
 * there are of them when this is planned.
 */
const offersWhere = (condition: string) => `
  SELECT l.id AS "listingId", l.state, l.price_micros_per_gpu_hour AS "priceMicrosPerGpuHour",
    l.disk_price_micros_per_gib_month AS "diskPriceMicrosPerGibMonth", l.min_gpus AS "minGpus", l.takes_bids AS "takesBids",
    l.bid_floor_micros_per_gpu_hour AS "bidFloorMicrosPerGpuHour", l.ends_at AS "endsAt", l.approved_at AS "approvedAt",
    l.suspended_at AS "suspendedAt", m.id AS "machineId", m.host_id AS "hostId", h.suspended_at AS "hostSuspendedAt", m.simulated,
    m.specification, m.self_test_passed AS "selfTestPassed", m.last_sync_at AS "lastSyncAt", m.identity_copied_at AS "identityCopiedAt",
    m.retired_at AS "retiredAt", m.signing_key AS "signingKey", m.sealing_key AS "sealingKey",
    (SELECT coalesce(sum((b.terms->>'diskBytes')::numeric), 0)::bigint FROM bookings b
      WHERE b.machine_id = m.id AND b.observed <> 'ended' AND b.ended_at IS NULL) AS "rentedDiskBytes",
    ARRAY(SELECT r.renter_id FROM renter_blocks r WHERE r.host_id = m.host_id) AS "blockedRenterIds",
    (SELECT json_build_object('zone', c.zone, 'hours', c.hours, 'leastSeconds', c.least_seconds, 'mostSeconds', c.most_seconds,
        'leadSeconds', c.lead_seconds, 'cancellation', c.cancellation, 'maintenanceNoticeSeconds', c.maintenance_notice_seconds)
      FROM calendars c WHERE c.machine_id = m.id) AS calendar,
    (SELECT coalesce(json_agg(json_build_object('kind', k.kind, 'startsAt', k.starts_at, 'endsAt', k.ends_at) ORDER BY k.starts_at), '[]')
      FROM calendar_blocks k WHERE k.machine_id = m.id AND k.ends_at > ${NOW}) AS blocks,
    (SELECT coalesce(json_agg(json_build_object('id', g.id, 'uuid', g.uuid, 'model', g.model) ORDER BY g.position), '[]')
      FROM gpus g WHERE g.machine_id = m.id AND g.removed_at IS NULL) AS gpus,
    (SELECT coalesce(json_agg(json_build_object('gpuId', a.gpu_id, 'startsAt', a.starts_at, 'endsAt', a.ends_at, 'yields', a.yields,
        'bookingId', a.booking_id,
        'bidMicros', CASE WHEN a.yields THEN (SELECT d.micros_per_gpu_hour::text FROM bids d WHERE d.booking_id = a.booking_id) END,
        'unused', CASE WHEN a.yields THEN (SELECT b.started_at IS NULL FROM bookings b WHERE b.id = a.booking_id) END) ORDER BY a.starts_at), '[]')
      FROM gpus g CROSS JOIN LATERAL (
        SELECT * FROM allocations w WHERE w.gpu_id = g.id AND w.ends_at > ${NOW} AND w.ends_at > w.starts_at OFFSET 0
      ) a WHERE g.machine_id = m.id AND g.removed_at IS NULL) AS windows
  FROM listings l JOIN machines m ON m.id = l.machine_id JOIN users h ON h.id = m.host_id
  WHERE ${condition} ORDER BY l.id`;

const OFFERS = prepared<Row, [listingIds: readonly string[], now: Date]>(
  'standing offers',
  offersWhere(`l.id = ANY${texts('$1')}`),
);
const OFFERS_FOR_BIDS = prepared<Row, [takesBids: true, now: Date]>(
  'standing offers for bids',
  offersWhere(`l.state = 'published' AND l.takes_bids = $1::boolean`),
);

/** How an offer stands now: for a look, or inside a transaction that has locked it. Undefined when there is no such listing. */
export async function standingOffer(reader: Reader, listingId: string, now: Date): Promise<StandingOffer | undefined> {
  return (await standingOffers(reader, [listingId], now))[0];
}

/** The same for many, in the order of their ids; listings that do not exist are left out. */
export async function standingOffers(
  reader: Reader,
  listingIds: readonly string[],
  now: Date,
): Promise<StandingOffer[]> {
  return (await storedOffers(reader, listingIds, now)).map((stored) => offerAt(stored, now));
}

/** What is stored of offers, with what ends after an instant: to be read before the clock is, and looked at with {@link offerAt}. */
export type StoredOffer = Row;

/** The same offers as they are stored, for whoever reads the clock only after that. */
export async function storedOffers(
  reader: Reader,
  listingIds: readonly string[],
  since: Date,
): Promise<readonly StoredOffer[]> {
  return OFFERS(reader, listingIds, since);
}

/** How the offers stand that take bids, in the order of their ids: for the market itself. */
export async function offersForBids(reader: Reader, now: Date): Promise<StandingOffer[]> {
  return (await OFFERS_FOR_BIDS(reader, true, now)).map((row) => offerAt(row, now));
}

/** How a stored offer stands at an instant that is not before the one it was read for. */
export function offerAt(row: StoredOffer, now: Date): StandingOffer {
  const ahead = ({ endsAt }: { readonly endsAt: Date }) => endsAt > now;
  const noticeEnd = addSeconds(now, env().interruptionNoticeSeconds);
  const machine = { ...row, host: { suspendedAt: row.hostSuspendedAt } };
  const { specification } = row;
  const windowsByGpu = Map.groupBy(row.windows.map(windowOf).filter(ahead), ({ gpuId }) => gpuId);
  return {
    listingId: row.listingId,
    machineId: row.machineId,
    hostId: row.hostId,
    simulated: row.simulated,
    terms: {
      priceMicrosPerGpuHour: row.priceMicrosPerGpuHour,
      diskPriceMicrosPerGibMonth: row.diskPriceMicrosPerGibMonth,
      minGpus: row.minGpus,
      endsAt: row.endsAt,
    },
    takesBids: row.takesBids,
    bidFloorMicrosPerGpuHour: row.bidFloorMicrosPerGpuHour,
    facts: offerFacts(row, machine, row.gpus.length, env().listingApproval === 'staff'),
    calendar: calendarFrom(row.calendar, row.blocks.map(windowOf).filter(ahead)),
    signingKey: row.signingKey,
    sealingKey: row.sealingKey,
    memoryBytes: specification.memoryBytes,
    cpuThreads: specification.cpuThreads,
    diskFreeBytes: specification.diskFreeBytes,
    rentedDiskBytes: row.rentedDiskBytes,
    blockedRenterIds: row.blockedRenterIds,
    gpus: row.gpus.map((gpu) => {
      const windows = windowsByGpu.get(gpu.id) ?? [];
      const firm = windows.filter((window) => !window.yields);
      const yielded = windows.some(({ yields, startsAt }) => yields && startsAt <= now);
      // Whoever has it when those who yield are gone has it, as far as others are concerned.
      const until = yielded ? noticeEnd : now;
      return {
        id: gpu.id,
        uuid: gpu.uuid,
        model: gpu.model,
        takenUntil: firm.find(({ startsAt }) => startsAt <= until)?.endsAt ?? null,
        nextTakenAt: firm.find(({ startsAt }) => startsAt > until)?.startsAt ?? null,
        taken: firm.map(({ startsAt, endsAt }) => ({ startsAt, endsAt })),
        yielding: windows.filter(({ yields }) => yields).map(yieldingFrom),
      };
    }),
  };
}

function windowOf<Window extends { readonly startsAt: string; readonly endsAt: string }>(window: Window) {
  return { ...window, startsAt: new Date(window.startsAt), endsAt: new Date(window.endsAt) };
}

function yieldingFrom(window: ReturnType<typeof windowOf<JsonWindow>>): YieldingRental {
  const { bookingId, startsAt, endsAt, bidMicros, unused } = window;
  return { bookingId, startsAt, endsAt, microsPerGpuHour: BigInt(bidMicros ?? 0), unused: unused ?? true };
}
