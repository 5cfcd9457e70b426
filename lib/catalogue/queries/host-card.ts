import type { Micros } from '#lib/base/money.ts';
import { whyNotVisible } from '#lib/catalogue/listing.ts';
import { type Health, machineHealth } from '#lib/catalogue/machine.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import { RELIABILITY_WINDOW_MS, type Reliability, reliability } from '#lib/catalogue/reliability.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';

/** Another machine that the same host offers. */
export type HostsOffer = {
  readonly listingId: string;
  readonly machineName: string;
  readonly simulated: boolean;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly priceMicrosPerGpuHour: Micros;
  readonly reliability: Reliability;
  readonly health: Health;
  readonly lastSyncAt: Date | null;
};

/** Who offers a machine, as strangers see them. */
export type HostCard = {
  readonly hostId: string;
  readonly name: string;
  readonly since: Date;
  /** Machines that are not retired. */
  readonly machines: number;
  /** Of all of them together: offered and reachable time summed. */
  readonly reliability: Reliability;
  /** Other machines that strangers see, the newest first, at most {@link MOST_OTHERS}. */
  readonly others: readonly HostsOffer[];
};

const MOST_OTHERS = 4;
/** A host with more machines is judged by their newest. */
const MOST_LOOKED_AT = 200;

/** A host and what else they offer, for whoever looks at one of their listings. */
export async function hostCard(hostId: string, listingId: string, now: Date): Promise<HostCard> {
  const recent = { OR: [{ endsAt: null }, { endsAt: { gt: new Date(now.getTime() - RELIABILITY_WINDOW_MS) } }] };
  const span = { where: recent, select: { startsAt: true, endsAt: true } };
  const host = await db.user.findUniqueOrThrow({
    where: { id: hostId },
    select: {
      name: true,
      createdAt: true,
      suspendedAt: true,
      _count: { select: { machines: { where: { retiredAt: null } } } },
      machines: {
        where: { retiredAt: null },
        orderBy: { id: 'desc' },
        take: MOST_LOOKED_AT,
        select: {
          hostId: true,
          name: true,
          simulated: true,
          selfTestPassed: true,
          lastSyncAt: true,
          identityCopiedAt: true,
          retiredAt: true,
          specification: true,
          offers: span,
          silences: span,
          listing: true,
          gpus: { where: { removedAt: null }, orderBy: { position: 'asc' }, select: { model: true } },
        },
      },
    },
  });
  const { suspendedAt } = host;
  const approvalNeeded = env().listingApproval === 'staff';
  const others = host.machines.flatMap((machine): HostsOffer[] => {
    const { listing, gpus } = machine;
    const model = gpus[0]?.model;
    if (listing === null || listing.id === listingId || model === undefined) return [];
    const facts = offerFacts(listing, { ...machine, host: { suspendedAt } }, gpus.length, approvalNeeded);
    if (whyNotVisible(facts, now) !== null) return [];
    return [
      {
        listingId: listing.id,
        machineName: machine.name,
        simulated: machine.simulated,
        gpuModel: model,
        gpuCount: gpus.length,
        priceMicrosPerGpuHour: listing.priceMicrosPerGpuHour,
        reliability: reliability(machine.offers, machine.silences, now),
        health: machineHealth(machine.lastSyncAt, now),
        lastSyncAt: machine.lastSyncAt,
      },
    ];
  });
  return {
    hostId,
    name: host.name,
    since: host.createdAt,
    machines: host._count.machines,
    reliability: together(host.machines.map(({ offers, silences }) => reliability(offers, silences, now))),
    others: others.slice(0, MOST_OTHERS),
  };
}

/** Machines as one: their times summed, so that one which is offered little weighs little. */
function together(each: readonly Reliability[]): Reliability {
  const measured = each.flatMap((one) => (one.state === 'measured' ? [one] : []));
  const offeredMs = measured.reduce((sum, one) => sum + one.offeredMs, 0);
  const reachableMs = measured.reduce((sum, one) => sum + one.reachableMs, 0);
  if (offeredMs === 0) return { state: 'new', offeredMs: 0 };
  return { state: 'measured', basisPoints: Math.floor((10_000 * reachableMs) / offeredMs), offeredMs, reachableMs };
}
