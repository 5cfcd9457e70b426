import type { Micros } from '#lib/base/money.ts';
import { addSeconds } from '#lib/base/time.ts';
import { ALWAYS, type Calendar } from '#lib/catalogue/calendar.ts';
import type { ListingTerms, OfferFacts } from '#lib/catalogue/listing.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { calendarOf, calendarsOf } from './calendar.ts';

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

const columns = (now: Date) =>
  ({
    id: true,
    state: true,
    priceMicrosPerGpuHour: true,
    diskPriceMicrosPerGibMonth: true,
    minGpus: true,
    takesBids: true,
    bidFloorMicrosPerGpuHour: true,
    endsAt: true,
    approvedAt: true,
    suspendedAt: true,
    machine: {
      select: {
        id: true,
        hostId: true,
        simulated: true,
        specification: true,
        selfTestPassed: true,
        lastSyncAt: true,
        identityCopiedAt: true,
        retiredAt: true,
        signingKey: true,
        sealingKey: true,
        host: { select: { suspendedAt: true } },
        gpus: {
          where: { removedAt: null },
          orderBy: { position: 'asc' },
          select: {
            id: true,
            uuid: true,
            model: true,
            allocations: {
              where: { endsAt: { gt: now } },
              orderBy: { startsAt: 'asc' },
              select: {
                startsAt: true,
                endsAt: true,
                yields: true,
                bookingId: true,
                booking: { select: { startedAt: true, bid: { select: { microsPerGpuHour: true } } } },
              },
            },
          },
        },
      },
    },
  }) satisfies Prisma.ListingSelect;

type Row = Prisma.ListingGetPayload<{ select: ReturnType<typeof columns> }>;

/** How an offer stands now: for a look, or inside a transaction that has locked it. Undefined when there is no such listing. */
export async function standingOffer(
  reader: Pick<Tx, 'listing' | '$queryRaw'>,
  listingId: string,
  now: Date,
): Promise<StandingOffer | undefined> {
  const row = await reader.listing.findUnique({ where: { id: listingId }, select: columns(now) });
  return row === null ? undefined : offerFrom(row, await calendarOf(reader, row.machine.id, now), now);
}

/** How the offers stand that take bids, in the order of their ids: for the market itself. */
export async function offersForBids(reader: Pick<Tx, 'listing' | '$queryRaw'>, now: Date): Promise<StandingOffer[]> {
  const rows = await reader.listing.findMany({
    where: { state: 'published', takesBids: true },
    orderBy: { id: 'asc' },
    select: columns(now),
  });
  const machineIds = rows.map(({ machine }) => machine.id);
  const calendars = await calendarsOf(reader, machineIds, now);
  return rows.map((row) => offerFrom(row, calendars.get(row.machine.id) ?? ALWAYS, now));
}

function offerFrom(row: Row, calendar: Calendar, now: Date): StandingOffer {
  const { machine } = row;
  const noticeEnd = addSeconds(now, env().interruptionNoticeSeconds);
  const facts = offerFacts(row, machine, machine.gpus.length, env().listingApproval === 'staff');
  const specification = machine.specification as { memoryBytes: number; cpuThreads: number; diskFreeBytes: number };
  return {
    listingId: row.id,
    machineId: machine.id,
    hostId: machine.hostId,
    simulated: machine.simulated,
    terms: {
      priceMicrosPerGpuHour: row.priceMicrosPerGpuHour,
      diskPriceMicrosPerGibMonth: row.diskPriceMicrosPerGibMonth,
      minGpus: row.minGpus,
      endsAt: row.endsAt,
    },
    takesBids: row.takesBids,
    bidFloorMicrosPerGpuHour: row.bidFloorMicrosPerGpuHour,
    facts,
    calendar,
    signingKey: machine.signingKey,
    sealingKey: machine.sealingKey,
    memoryBytes: specification.memoryBytes,
    cpuThreads: specification.cpuThreads,
    diskFreeBytes: specification.diskFreeBytes,
    gpus: machine.gpus.map((gpu) => {
      const firm = gpu.allocations.filter((allocation) => !allocation.yields);
      const yielded = gpu.allocations.some(({ yields, startsAt }) => yields && startsAt <= now);
      // Whoever has it when those who yield are gone has it, as far as others are concerned.
      const until = yielded ? noticeEnd : now;
      const current = firm.find((allocation) => allocation.startsAt <= until);
      return {
        id: gpu.id,
        uuid: gpu.uuid,
        model: gpu.model,
        takenUntil: current?.endsAt ?? null,
        nextTakenAt: firm.find((allocation) => allocation.startsAt > until)?.startsAt ?? null,
        taken: firm,
        yielding: gpu.allocations.flatMap(({ yields, bookingId, startsAt, endsAt, booking }) =>
          yields
            ? [
                {
                  bookingId,
                  microsPerGpuHour: booking.bid?.microsPerGpuHour ?? 0n,
                  startsAt,
                  endsAt,
                  unused: booking.startedAt === null,
                },
              ]
            : [],
        ),
      };
    }),
  };
}
