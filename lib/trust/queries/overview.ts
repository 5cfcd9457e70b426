import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { waitingForApproval } from './machines.ts';

export type Overview = {
  readonly people: number;
  readonly machines: number;
  readonly simulatedMachines: number;
  readonly publishedListings: number;
  readonly waitingListings: number;
  readonly liveBookings: number;
  readonly copiedIdentities: number;
  readonly openDisputes: number;
  readonly heldPayments: number;
};

/** The figures of the admin's first page. For admins. */
export async function overview(actor: Actor): Promise<Overview> {
  requireAdmin(actor);
  const [
    people,
    machines,
    simulatedMachines,
    publishedListings,
    waitingListings,
    liveBookings,
    copiedIdentities,
    openDisputes,
    heldPayments,
  ] = await Promise.all([
    db.user.count(),
    db.machine.count({ where: { retiredAt: null } }),
    db.machine.count({ where: { retiredAt: null, simulated: true } }),
    db.listing.count({ where: { state: 'published' } }),
    db.machine.count({ where: waitingForApproval(env().listingApproval) }),
    db.booking.count({ where: { endedAt: null } }),
    db.machine.count({ where: { identityCopiedAt: { not: null }, retiredAt: null } }),
    db.dispute.count({ where: { state: 'open' } }),
    db.topUp.count({ where: { state: 'review' } }),
  ]);
  return {
    people,
    machines,
    simulatedMachines,
    publishedListings,
    waitingListings,
    liveBookings,
    copiedIdentities,
    openDisputes,
    heldPayments,
  };
}
