import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import {
  type ListingState,
  type ListingTerms,
  whyNotPublish,
  whyNotVisible,
  whyNotWithdraw,
} from '#lib/catalogue/listing.ts';
import {
  type Health,
  machineHealth,
  type TrustTier,
  trustTier,
  whyNotReady,
  whyNotRetire,
} from '#lib/catalogue/machine.ts';
import { machineFacts, offerFacts } from '#lib/catalogue/offer-facts.ts';
import type { Reliability, ReliabilityDay } from '#lib/catalogue/reliability.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { SelfTest, Specification } from '#protocol/specification.ts';
import { history } from './history.ts';

/** A machine in its host's list. */
export type OwnMachineRow = {
  readonly id: string;
  readonly name: string;
  readonly simulated: boolean;
  readonly gpuModel: string | null;
  readonly gpuCount: number;
  readonly takenGpus: number;
  readonly health: Health;
  readonly lastSyncAt: Date | null;
  readonly trust: TrustTier;
  readonly retired: boolean;
  readonly listingState: ListingState | 'none';
  readonly priceMicrosPerGpuHour: Micros | null;
  /** Why renters cannot see it or book on it; null when they can. */
  readonly obstacle: string | null;
  /** Until when its host offers nothing new of it. */
  readonly pausedUntil: Date | null;
};

/** The machines of this host, the newest first, retired ones last. */
export async function machinesOf(actor: Actor, now: Date): Promise<readonly OwnMachineRow[]> {
  const rows = await db.machine.findMany({
    where: { hostId: actor.userId },
    orderBy: { id: 'desc' },
    take: 500,
    include: {
      host: { select: { suspendedAt: true } },
      listing: true,
      blocks: pauseAt(now),
      gpus: {
        where: { removedAt: null },
        orderBy: { position: 'asc' },
        select: {
          model: true,
          _count: { select: { allocations: { where: { startsAt: { lte: now }, endsAt: { gt: now } } } } },
        },
      },
    },
  });
  const machines = rows.map((row) => {
    const visible =
      row.listing === null ? null : whyNotVisible(offerFacts(row.listing, row, row.gpus.length, approval()), now);
    const ready = whyNotReady(machineFacts(row, row.gpus.length), now);
    return {
      id: row.id,
      name: row.name,
      simulated: row.simulated,
      gpuModel: row.gpus[0]?.model ?? null,
      gpuCount: row.gpus.length,
      takenGpus: row.gpus.filter((gpu) => gpu._count.allocations > 0).length,
      health: machineHealth(row.lastSyncAt, now),
      lastSyncAt: row.lastSyncAt,
      trust: trustTier(row),
      retired: row.retiredAt !== null,
      listingState: row.listing === null ? ('none' as const) : (row.listing.state as ListingState),
      priceMicrosPerGpuHour: row.listing?.priceMicrosPerGpuHour ?? null,
      obstacle: (row.listing === null ? 'Set a price and publish it.' : visible?.sentence) ?? ready?.sentence ?? null,
      pausedUntil: row.blocks[0]?.endsAt ?? null,
    };
  });
  return machines.sort((a, b) => Number(a.retired) - Number(b.retired));
}

/** A machine as its host sees it: everything. */
export type OwnMachine = {
  readonly id: string;
  readonly name: string;
  readonly region: string | null;
  readonly country: string | null;
  readonly simulated: boolean;
  readonly agentVersion: string;
  readonly clockDriftMs: number | null;
  readonly enrolledAt: Date;
  readonly retiredAt: Date | null;
  readonly identityCopiedAt: Date | null;
  readonly health: Health;
  readonly lastSyncAt: Date | null;
  readonly specification: Specification;
  readonly selfTest: SelfTest | null;
  readonly selfTestedAt: Date | null;
  readonly selfTestAsked: number;
  readonly selfTestAnswered: number;
  readonly selfTestAskedAt: Date | null;
  readonly trust: TrustTier;
  readonly staffCheckedAt: Date | null;
  readonly reliability: Reliability;
  readonly reliabilityDays: readonly ReliabilityDay[];
  readonly gpus: readonly {
    readonly id: string;
    readonly uuid: string;
    readonly model: string;
    readonly takenUntil: Date | null;
  }[];
  readonly listing:
    | (ListingTerms & {
        readonly id: string;
        readonly state: ListingState;
        readonly publishedAt: Date | null;
        readonly approvedAt: Date | null;
        readonly suspendedAt: Date | null;
        readonly takesBids: boolean;
        readonly bidFloorMicrosPerGpuHour: Micros | null;
        readonly suspendedReason: string | null;
      })
    | null;
  readonly whyNotPublish: WhyNot | null;
  readonly whyNotWithdraw: WhyNot | null;
  /** Until when its host offers nothing new of it. */
  readonly pausedUntil: Date | null;
  /** The zone of its calendar. */
  readonly zone: string;
  readonly whyNotRetire: WhyNot | null;
  /** Why renters do not see the listing although it is published. */
  readonly whyNotVisible: WhyNot | null;
  /** Why nothing can be booked now, whatever the listing says. */
  readonly whyNotReady: WhyNot | null;
};

/** One machine of this host; what is not theirs is not found. */
export async function machineOf(actor: Actor, machineId: string, now: Date): Promise<OwnMachine> {
  const row = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    include: {
      host: { select: { suspendedAt: true } },
      listing: true,
      blocks: pauseAt(now),
      calendar: { select: { zone: true } },
      gpus: {
        where: { removedAt: null },
        orderBy: { position: 'asc' },
        include: {
          allocations: {
            where: { startsAt: { lte: now }, endsAt: { gt: now } },
            select: { endsAt: true },
            take: 1,
          },
        },
      },
      _count: { select: { bookings: { where: { endedAt: null } } } },
    },
  });
  if (row === null) throw new Refusal('notFound');
  const { listing } = row;
  const state = listing === null ? null : (listing.state as ListingState);
  const models = new Set(row.gpus.map((gpu) => gpu.model)).size;
  const facts = machineFacts(row, row.gpus.length);
  return {
    id: row.id,
    name: row.name,
    region: row.region,
    country: row.country,
    simulated: row.simulated,
    agentVersion: row.agentVersion,
    clockDriftMs: row.clockDriftMs,
    enrolledAt: row.enrolledAt,
    retiredAt: row.retiredAt,
    identityCopiedAt: row.identityCopiedAt,
    health: machineHealth(row.lastSyncAt, now),
    lastSyncAt: row.lastSyncAt,
    specification: row.specification as Specification,
    selfTest: row.selfTest as SelfTest | null,
    selfTestedAt: row.selfTestedAt,
    selfTestAsked: row.selfTestAsked,
    selfTestAnswered: row.selfTestAnswered,
    selfTestAskedAt: row.selfTestAskedAt,
    trust: trustTier(row),
    staffCheckedAt: row.staffCheckedAt,
    ...(await history(row.id, now)),
    gpus: row.gpus.map((gpu) => ({
      id: gpu.id,
      uuid: gpu.uuid,
      model: gpu.model,
      takenUntil: gpu.allocations[0]?.endsAt ?? null,
    })),
    listing: listing === null || state === null ? null : { ...listing, state },
    whyNotPublish: whyNotPublish(
      listing === null || state === null ? null : { ...listing, state },
      { ...facts, models },
      now,
    ),
    pausedUntil: row.blocks[0]?.endsAt ?? null,
    zone: row.calendar?.zone ?? ALWAYS.zone,
    whyNotWithdraw: whyNotWithdraw(state === null ? null : { state }),
    whyNotRetire: whyNotRetire({ retiredAt: row.retiredAt, openBookings: row._count.bookings }),
    whyNotVisible: listing === null ? null : whyNotVisible(offerFacts(listing, row, row.gpus.length, approval()), now),
    whyNotReady: whyNotReady(facts, now),
  };
}

/** The pause that goes on, if any. */
function pauseAt(now: Date) {
  return {
    where: { kind: 'pause', startsAt: { lte: now }, endsAt: { gt: now } },
    select: { endsAt: true },
    take: 1,
  } as const;
}

function approval(): boolean {
  return env().listingApproval === 'staff';
}
