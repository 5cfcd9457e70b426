import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { ListingTerms, OfferFacts } from './listing.ts';
import { offerFacts } from './offer-facts.ts';

/** An offer as it stands under lock: what a booking decides by. */
export type LockedOffer = {
  readonly listingId: string;
  readonly machineId: string;
  readonly hostId: string;
  readonly simulated: boolean;
  readonly terms: ListingTerms;
  readonly facts: OfferFacts;
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
  }[];
};

/**
 * Step: locks machine and listing until the transaction ends and says how the offer stands. Undefined when there is no such listing.
 * The exclusion constraint on allocations is still the last witness: a GPU that is free here cannot be booked twice.
 */
export async function lockOffer(tx: Tx, listingId: string, now: Date): Promise<LockedOffer | undefined> {
  // Machine before listing, everywhere: whoever locks both does it in this order.
  await tx.$executeRaw`SELECT 1 FROM machines WHERE id = (SELECT machine_id FROM listings WHERE id = ${listingId}) FOR UPDATE`;
  await tx.$executeRaw`SELECT 1 FROM listings WHERE id = ${listingId} FOR UPDATE`;
  const row = await tx.listing.findUnique({
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
      };
    }),
  };
}
