import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { whyNotVisible } from '#lib/catalogue/listing.ts';
import { machineHealth } from '#lib/catalogue/machine.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { agentVersionState } from '../agent-version.ts';
import { type AttentionFacts, ENDS_SOON_SECONDS } from '../attention.ts';

const MOST_MACHINES = 500;
const MOST_ENDINGS = 50;

/** What is true of a host's machines and rentals now; money and requests are asked of their own rooms. */
export async function attentionFacts(actor: Actor, now: Date): Promise<Pick<AttentionFacts, 'machines' | 'endings'>> {
  const [machines, endings] = await Promise.all([
    db.machine.findMany({
      where: { hostId: actor.userId, retiredAt: null },
      orderBy: { id: 'desc' },
      take: MOST_MACHINES,
      include: {
        host: { select: { suspendedAt: true } },
        listing: true,
        _count: { select: { gpus: { where: { removedAt: null } } } },
      },
    }),
    db.booking.findMany({
      where: {
        hostId: actor.userId,
        desired: 'running',
        startedAt: { not: null },
        endsAt: { gte: now, lte: addSeconds(now, ENDS_SOON_SECONDS) },
      },
      orderBy: { endsAt: 'asc' },
      take: MOST_ENDINGS,
      select: {
        id: true,
        machineId: true,
        endsAt: true,
        machine: { select: { name: true } },
        renter: { select: { name: true } },
      },
    }),
  ]);
  const approval = env().listingApproval === 'staff';
  return {
    machines: machines.map(({ listing, _count, ...row }) => ({
      id: row.id,
      name: row.name,
      health: machineHealth(row.lastSyncAt, now),
      lastSyncAt: row.lastSyncAt,
      identityCopiedAt: row.identityCopiedAt,
      selfTestedAt: row.selfTestedAt,
      selfTestPassed: row.selfTestPassed,
      published: listing?.state === 'published',
      priced: listing !== null,
      obstacle:
        listing?.state === 'published'
          ? (whyNotVisible(offerFacts(listing, row, _count.gpus, approval), now)?.sentence ?? null)
          : null,
      agentOlder: agentVersionState(row.agentVersion) === 'older',
    })),
    endings: endings.map(({ id, machine, renter, ...row }) => ({
      ...row,
      bookingId: id,
      machineName: machine.name,
      renterName: renter.name,
    })),
  };
}
