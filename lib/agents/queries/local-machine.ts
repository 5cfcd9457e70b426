import { type ListingState, whyNotOffered, whyNotPublish } from '#lib/catalogue/listing.ts';
import { machineHealth, whyNotReady } from '#lib/catalogue/machine.ts';
import { machineFacts, offerFacts } from '#lib/catalogue/offer-facts.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';

export type LocalMachine = {
  readonly machineId: string;
  readonly name: string;
  readonly simulated: boolean;
  /** Its agent answers. */
  readonly synced: boolean;
  /** Its demo host has listed it, or its self-test said why it cannot be rented: what is said below holds. */
  readonly settled: boolean;
  readonly listingId: string | null;
  readonly bookable: boolean;
  /** Why it cannot be booked now, in a sentence; null when it can. */
  readonly reason: string | null;
};

/**
 * The machine that `npm start` itself runs on: the one that a code enrolled for a demo host, which the simulated hosts of
 * the seed never need. Null while it has not enrolled. For the market's own readiness: there is no viewer.
 */
export async function localMachine(now: Date): Promise<LocalMachine | null> {
  const codes = await db.enrolmentCode.findMany({
    where: { host: { demo: true }, machineId: { not: null } },
    orderBy: { usedAt: 'desc' },
    take: 10,
    select: { machineId: true },
  });
  const machine = await db.machine.findFirst({
    where: { id: { in: codes.flatMap(({ machineId }) => machineId ?? []) }, retiredAt: null },
    orderBy: { enrolledAt: 'desc' },
    include: {
      host: { select: { suspendedAt: true } },
      listing: true,
      gpus: {
        where: { removedAt: null },
        select: {
          model: true,
          _count: {
            select: { allocations: { where: { yields: false, startsAt: { lte: now }, endsAt: { gt: now } } } },
          },
        },
      },
    },
  });
  if (machine === null) return null;
  const gpuCount = machine.gpus.length;
  const models = new Set(machine.gpus.map(({ model }) => model)).size;
  const listing =
    machine.listing === null ? null : { ...machine.listing, state: machine.listing.state as ListingState };
  const approvalNeeded = env().listingApproval === 'staff';
  const why =
    machine.listing === null
      ? whyNotReady(machineFacts(machine, gpuCount), now)
      : whyNotOffered(offerFacts(machine.listing, machine, gpuCount, approvalNeeded), now);
  const free = machine.gpus.filter((gpu) => gpu._count.allocations === 0).length;
  const least = machine.listing?.minGpus ?? 1;
  const reason =
    why?.sentence ??
    (machine.listing === null ? 'It is not published yet: its host sets a price first.' : null) ??
    (free < least ? 'All its GPUs are taken now.' : null);
  return {
    machineId: machine.id,
    name: machine.name,
    simulated: machine.simulated,
    synced: machineHealth(machine.lastSyncAt, now) === 'online',
    // A draft is about to be published, unless something keeps it from that.
    settled:
      (listing !== null &&
        (listing.state !== 'draft' ||
          whyNotPublish(listing, { ...machineFacts(machine, gpuCount), models }, now) !== null)) ||
      (machine.selfTestedAt !== null && !machine.selfTestPassed),
    listingId: machine.listing?.id ?? null,
    bookable: reason === null,
    reason,
  };
}
