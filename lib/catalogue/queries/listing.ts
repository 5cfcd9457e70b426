import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { type CalendarRules, nextOpening, openNow, whyNotOpenNow } from '#lib/catalogue/calendar.ts';
import { pcieLabel } from '#lib/catalogue/gpu.ts';
import {
  freeUntil,
  type ListingState,
  type ListingTerms,
  whyNotBookable,
  whyNotVisible,
} from '#lib/catalogue/listing.ts';
import { type Health, machineHealth, type TrustTier, trustTier } from '#lib/catalogue/machine.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import type { Reliability, ReliabilityDay } from '#lib/catalogue/reliability.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { SelfTest, Specification } from '#protocol/specification.ts';
import { selfTestForStrangers } from '../self-test.ts';
import { calendarOf } from './calendar.ts';
import { history } from './history.ts';
import { type HostCard, hostCard } from './host-card.ts';
import { type MachineRecord, machineRecord } from './machine-record.ts';

/** A GPU of a listing and whether somebody has it. */
export type ListedGpu = {
  readonly id: string;
  readonly model: string;
  readonly vramBytes: bigint;
  /** Until when somebody has it at the latest; null when it is free now. */
  readonly takenUntil: Date | null;
  /** Somebody with an interruptible rental has it now: who books it begins when that one has yielded. */
  readonly yields: boolean;
};

/** Everything a renter sees of an offer. UUIDs, keys and names inside the host's network are left out. */
export type ListingPage = {
  readonly listingId: string;
  readonly machineId: string;
  readonly machineName: string;
  readonly simulated: boolean;
  readonly region: string | null;
  readonly country: string | null;
  readonly host: HostCard;
  readonly own: boolean;
  readonly state: ListingState;
  readonly terms: ListingTerms;
  readonly publishedAt: Date | null;
  readonly gpuModel: string;
  readonly gpus: readonly ListedGpu[];
  /** Free now, or as soon as somebody has yielded. */
  readonly freeGpus: number;
  /** How long somebody with an interruptible rental is told before they yield. */
  readonly noticeSeconds: number;
  /** The least that its host takes for an interruptible GPU-hour; null: no bids. */
  readonly bidFloorMicros: Micros | null;
  /** Until when GPUs that are free now can be had without a break; null is open-ended. */
  readonly freeUntil: Date | null;
  /** Why strangers do not see it (then only its host and staff do). */
  readonly whyNotVisible: WhyNot | null;
  /** When its host rents it, and what giving a reserved window back costs. */
  readonly hours: {
    readonly calendar: CalendarRules;
    readonly isOpen: boolean;
    /** When it opens next; now when it is open. */
    readonly opensAt: Date | null;
  };
  /** Why the viewer cannot book the fewest GPUs it is rented in. */
  readonly whyNotBookable: WhyNot | null;
  readonly health: Health;
  readonly lastSyncAt: Date | null;
  /** From a pulled image to a shell, as measured at its last rentals. */
  readonly startMs: number | null;
  readonly trust: TrustTier;
  readonly staffCheckedAt: Date | null;
  readonly selfTest: SelfTest | null;
  readonly reliability: Reliability;
  readonly reliabilityDays: readonly ReliabilityDay[];
  /** How rentals on it went. */
  readonly record: MachineRecord;
  /** When its agent last told what it measured; null when that is not known. */
  readonly measuredAt: Date | null;
  readonly specification: Omit<Specification, 'hostname' | 'gpus' | 'problems'>;
  readonly driver: {
    readonly driverVersion: string | null;
    readonly cudaVersion: string | null;
    readonly pcie: string | null;
    readonly powerLimitWatts: number | null;
    readonly ecc: boolean | null;
  };
  /** The market's share of what a renter pays: 100 are 1 %. */
  readonly feeBasisPoints: number;
};

/** The page of an offer, for whoever looks. What is not visible to strangers is found by its host and by staff only. */
export async function listingPage(
  viewer: { readonly userId: string; readonly role: string } | null,
  listingId: string,
  now: Date,
): Promise<ListingPage> {
  const row = await db.listing.findUnique({
    where: { id: listingId },
    include: { machine: { include: machineAt(now) } },
  });
  if (row === null) throw new Refusal('notFound');
  const { machine } = row;
  const facts = offerFacts(row, machine, machine.gpus.length, env().listingApproval === 'staff');
  const hidden = whyNotVisible(facts, now);
  const own = viewer?.userId === machine.hostId;
  if (hidden !== null && !own && viewer?.role !== 'admin') throw new Refusal('notFound');

  const gpus = machine.gpus.map((gpu) => {
    const firm = gpu.allocations.filter(({ yields }) => !yields);
    const yields = gpu.allocations.some((allocation) => allocation.yields && allocation.startsAt <= now);
    const until = yields ? addSeconds(now, env().interruptionNoticeSeconds) : now;
    const current = firm.find((allocation) => allocation.startsAt <= until);
    const next = firm.find((allocation) => allocation.startsAt > until);
    return { ...gpu, yields, takenUntil: current?.endsAt ?? null, nextTakenAt: next?.startsAt ?? null };
  });
  const free = gpus.filter((gpu) => gpu.takenUntil === null);
  const calendar = await calendarOf(db, machine.id, now);
  const open = openNow(calendar, now);
  const opensAt = nextOpening(calendar, now);
  const wish = {
    renterId: viewer?.userId ?? '',
    gpuCount: row.minGpus,
    freeGpus: free.length,
    blocked: viewer !== null && (await isBlocked(machine.hostId, viewer.userId)),
  };
  const specification = machine.specification as Specification;
  const { hostname: _private, gpus: described, problems: _hosts, ...shown } = specification;
  const gpu = described[0];
  const test = machine.selfTest as SelfTest | null;
  return {
    listingId: row.id,
    machineId: machine.id,
    machineName: machine.name,
    simulated: machine.simulated,
    region: machine.region,
    country: machine.country,
    host: await hostCard(machine.hostId, row.id, now),
    record: await machineRecord(machine.id, now),
    measuredAt: machine.describedAt,
    own,
    state: row.state as ListingState,
    terms: {
      priceMicrosPerGpuHour: row.priceMicrosPerGpuHour,
      diskPriceMicrosPerGibMonth: row.diskPriceMicrosPerGibMonth,
      minGpus: row.minGpus,
      endsAt: row.endsAt,
    },
    publishedAt: row.publishedAt,
    gpuModel: gpus[0]?.model ?? 'no GPU',
    gpus: gpus.map(({ id, model, vramBytes, takenUntil, yields }) => ({ id, model, vramBytes, takenUntil, yields })),
    noticeSeconds: env().interruptionNoticeSeconds,
    bidFloorMicros: row.takesBids ? (row.bidFloorMicrosPerGpuHour ?? row.priceMicrosPerGpuHour / 2n) : null,
    freeGpus: free.length,
    freeUntil: freeUntil(
      earliest(row.endsAt, open?.closesAt) ?? null,
      free.map((one) => one.nextTakenAt),
    ),
    whyNotVisible: hidden,
    hours: { calendar, isOpen: open !== null, opensAt },
    whyNotBookable: whyNotBookable(facts, wish, now) ?? (open === null ? whyNotOpenNow(calendar, opensAt, now) : null),
    health: machineHealth(machine.lastSyncAt, now),
    lastSyncAt: machine.lastSyncAt,
    startMs: machine.startMs,
    trust: trustTier(machine),
    staffCheckedAt: machine.staffCheckedAt,
    selfTest: test === null || own ? test : selfTestForStrangers(test),
    ...(await history(machine.id, now)),
    specification: shown,
    driver: {
      driverVersion: gpu?.driverVersion ?? null,
      cudaVersion: gpu?.cudaVersion ?? null,
      pcie: pcieLabel(gpu?.pcieGeneration ?? null, gpu?.pcieWidth ?? null),
      powerLimitWatts: gpu?.powerLimitWatts ?? null,
      ecc: gpu?.ecc ?? null,
    },
    feeBasisPoints: env().feeBasisPoints,
  };
}

async function isBlocked(hostId: string, renterId: string): Promise<boolean> {
  return (await db.renterBlock.count({ where: { hostId, renterId } })) > 0;
}

const machineAt = (now: Date) =>
  ({
    host: {
      select: {
        suspendedAt: true,
      },
    },
    gpus: {
      where: { removedAt: null },
      orderBy: { position: 'asc' },
      select: {
        id: true,
        model: true,
        vramBytes: true,
        allocations: {
          where: { endsAt: { gt: now } },
          orderBy: { startsAt: 'asc' },
          select: { startsAt: true, endsAt: true, yields: true },
        },
      },
    },
  }) as const;
