import type { AnyActor } from '#lib/base/actor.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { settleOffer } from './settle-offer.ts';

type Decided = 'listing.approved' | 'listing.suspended' | 'listing.restored';

const CHANGE: Record<
  Decided,
  (now: Date, reason: string) => { approvedAt?: Date; suspendedAt?: Date | null; suspendedReason?: string | null }
> = {
  'listing.approved': (now) => ({ approvedAt: now }),
  'listing.suspended': (now, reason) => ({ suspendedAt: now, suspendedReason: reason }),
  'listing.restored': () => ({ suspendedAt: null, suspendedReason: null }),
};

/** What the audit log shows as changed. */
const SAID = {
  'listing.approved': { approved: true, previousApproved: false },
  'listing.suspended': { suspended: true, previousSuspended: false },
  'listing.restored': { suspended: false, previousSuspended: true },
} as const;

/** Step: staff change how a listing stands. The machine is locked, and whoever calls has asked whether it may be. */
export async function changeStanding(
  tx: Tx,
  actor: AnyActor,
  listing: { readonly id: string; readonly machineId: string; readonly hostId: string },
  kind: Decided,
  reason: string,
  now: Date,
): Promise<void> {
  await tx.listing.update({ where: { id: listing.id }, data: { ...CHANGE[kind](now, reason), updatedAt: now } });
  await settleOffer(tx, listing.machineId, now);
  const about = { userId: listing.hostId, machineId: listing.machineId, listingId: listing.id };
  await recordEvent(tx, actor, { kind, ...about, reason, data: SAID[kind] }, now);
}
