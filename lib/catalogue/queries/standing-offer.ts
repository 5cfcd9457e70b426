import type { Calendar } from '#lib/catalogue/calendar.ts';
import type { ListingTerms, OfferFacts } from '#lib/catalogue/listing.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { calendarOf } from './calendar.ts';

/** An offer as it stands: what a booking decides by. */
export type StandingOffer = {
  readonly listingId: string;
  readonly machineId: string;
  readonly hostId: string;
  readonly simulated: boolean;
  readonly terms: ListingTerms;
  readonly facts: OfferFacts;
  readonly calendar: Calendar;
  /** The machine's raw public keys, base64url. */
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly memoryBytes: number;
  readonly cpuThreads: number;
  readonly diskFreeBytes: number;
  /** GPUs in the machine, by position. `takenUntil` is null when nobody has it now; `nextTakenAt` is when somebody will. */
  readonly gpus: readonly {
    readonly id: string;
    readonly uuid: string;
    readonly model: string;
    readonly takenUntil: Date | null;
    readonly nextTakenAt: Date | null;
    /** The windows in which somebody has or will have it. */
    readonly taken: readonly { readonly startsAt: Date; readonly endsAt: Date }[];
  }[];
};

/** How an offer stands now: for a look, or inside a transaction that has locked it. Undefined when there is no such listing. */
export async function standingOffer(
  reader: Pick<Tx, 'listing' | '$queryRaw'>,
  listingId: string,
  now: Date,
): Promise<StandingOffer | undefined> {
  const row = await reader.listing.findUnique({
    where: { id: listingId },
    select: {
      id: true,
      state: true,
      priceMicrosPerGpuHour: true,
      diskPriceMicrosPerGibMonth: true,
      minGpus: true,
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
                select: { startsAt: true, endsAt: true },
              },
            },
          },
        },
      },
    },
  });
  if (row === null) return undefined;
  const { machine } = row;
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
    facts,
    calendar: await calendarOf(reader, machine.id, now),
    signingKey: machine.signingKey,
    sealingKey: machine.sealingKey,
    memoryBytes: specification.memoryBytes,
    cpuThreads: specification.cpuThreads,
    diskFreeBytes: specification.diskFreeBytes,
    gpus: machine.gpus.map((gpu) => {
      const current = gpu.allocations.find((allocation) => allocation.startsAt <= now);
      return {
        id: gpu.id,
        uuid: gpu.uuid,
        model: gpu.model,
        takenUntil: current?.endsAt ?? null,
        nextTakenAt: gpu.allocations.find((allocation) => allocation.startsAt > now)?.startsAt ?? null,
        taken: gpu.allocations,
      };
    }),
  };
}
