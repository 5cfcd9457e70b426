import { trustTier } from '#lib/catalogue/machine.ts';
import { history } from '#lib/catalogue/queries/history.ts';
import { everyOffer } from '#lib/catalogue/queries/search.ts';
import type { StandingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { db, type Tx } from '#lib/io/db.ts';
import type { ServingOffer } from '../standing-fit.ts';

/** All that the market offers now, by the rule of its search, as requests are held against it. */
export async function servingOffers(now: Date): Promise<readonly ServingOffer[]> {
  const [rows, listings] = await Promise.all([
    everyOffer(now),
    db.listing.findMany({ where: { state: 'published' }, select: { id: true, hostId: true } }),
  ]);
  const hosts = new Map(listings.map(({ id, hostId }) => [id, hostId]));
  return rows.flatMap((row) => {
    const hostId = hosts.get(row.listingId);
    // Withdrawn between the two reads.
    return hostId === undefined ? [] : [{ ...row, hostId, vramBytes: Number(row.vramBytes) }];
  });
}

/** An offer that is locked, as it stands; its reliability, which moves over days, is what the look before saw. */
export async function lockedServing(
  tx: Tx,
  offer: StandingOffer,
  reliabilityBasisPoints: number | null,
): Promise<ServingOffer> {
  const machine = await tx.machine.findUniqueOrThrow({
    where: { id: offer.machineId },
    select: {
      name: true,
      region: true,
      country: true,
      selfTestPassed: true,
      staffCheckedAt: true,
      gpus: { where: { removedAt: null }, select: { vramBytes: true } },
    },
  });
  const { terms } = offer;
  return {
    listingId: offer.listingId,
    machineId: offer.machineId,
    machineName: machine.name,
    hostId: offer.hostId,
    simulated: offer.simulated,
    gpuModel: offer.gpus[0]?.model ?? '',
    gpuCount: offer.gpus.length,
    freeGpus: offer.gpus.filter(({ takenUntil }) => takenUntil === null).length,
    vramBytes: Math.min(...machine.gpus.map(({ vramBytes }) => Number(vramBytes))),
    country: machine.country,
    region: machine.region,
    trust: trustTier(machine),
    reliabilityBasisPoints,
    priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour,
    diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth,
    minGpus: terms.minGpus,
    endsAt: terms.endsAt,
    cpuThreads: offer.cpuThreads,
    memoryBytes: offer.memoryBytes,
    diskFreeBytes: offer.diskFreeBytes,
  };
}

/** The reliability of a machine in basis points; null is "new". */
export async function servingReliability(machineId: string, now: Date): Promise<number | null> {
  const { reliability } = await history(machineId, now);
  return reliability.state === 'new' ? null : reliability.basisPoints;
}
