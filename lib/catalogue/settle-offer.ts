import { newId } from '#lib/base/id.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { whyNotVisible } from './listing.ts';
import { offerFacts } from './offer-facts.ts';

/**
 * Step: brings the span of offered time in line with what the listing says now: open while it is visible and its hours are open, closed when
 * not. Call it in every transaction that changes either; again is harmless. A listing that ran out is closed at its end.
 * The caller holds the lock on the machine. Returns true when something changed.
 */
export async function settleOffer(tx: Tx, machineId: string, now: Date): Promise<boolean> {
  const listing = await tx.listing.findUnique({
    where: { machineId },
    include: { machine: { include: { host: { select: { suspendedAt: true } } } } },
  });
  const offered =
    listing !== null &&
    listing.machine.retiredAt === null &&
    whyNotVisible(offerFacts(listing, listing.machine, 1, env().listingApproval === 'staff'), now) === null &&
    (await isOpen(tx, machineId, now));
  const open = await tx.offer.findFirst({ where: { machineId, endsAt: null }, select: { id: true, startsAt: true } });
  if (offered === (open !== null)) return false;
  if (open === null) {
    await tx.offer.create({ data: { id: newId('offer', now), machineId, startsAt: now, endsAt: null } });
    return true;
  }
  const end = listing?.endsAt && listing.endsAt < now && listing.endsAt > open.startsAt ? listing.endsAt : now;
  await tx.offer.update({ where: { id: open.id }, data: { endsAt: end } });
  return true;
}

async function isOpen(tx: Tx, machineId: string, now: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ open: boolean }[]>`
    SELECT open @> ${now}::timestamptz AS open FROM calendars WHERE machine_id = ${machineId}`;
  return row?.open ?? true;
}
