import { newId } from '#lib/base/id.ts';
import { query, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';

import { whyNotVisible } from './listing.ts';
import { offerFacts } from './offer-facts.ts';
import { promisedAt } from './queries/promised.ts';

/**
 * Step: brings the span of offered time in line with what the listing says now: open while it is visible and its hours are open, or
 * while somebody has GPUs of it who yields to nobody (what is promised is on offer, whatever became of listing or hours), closed when
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
    ((whyNotVisible(offerFacts(listing, listing.machine, 1, env().listingApproval === 'staff'), now) === null &&
      (await isOpen(tx, machineId, now))) ||
      (await isPromised(tx, machineId, now)));
  const open = await tx.offer.findFirst({ where: { machineId, endsAt: null }, select: { id: true, startsAt: true } });
  if (offered === (open !== null)) return false;
  if (open === null) {
    await tx.offer.create({ data: { id: newId('offer', now), machineId, startsAt: now, endsAt: null } });
    return true;
  }
  await tx.offer.update({
    where: { id: open.id },
    data: { endsAt: await endOf(tx, machineId, open.startsAt, listing?.endsAt ?? null, now) },
  });
  return true;
}

/** One that ran out ended there, or where the last who still had it went. */
async function endOf(tx: Tx, machineId: string, from: Date, ranOut: Date | null, now: Date): Promise<Date> {
  if (ranOut === null || ranOut >= now || ranOut <= from) return now;
  const [row] = await tx.$queryRaw<{ last: Date | null }[]>`
    SELECT max(least(a.ends_at, ${now}::timestamptz)) AS last FROM allocations a JOIN gpus g ON g.id = a.gpu_id
    WHERE g.machine_id = ${machineId} AND NOT a.yields AND a.starts_at < a.ends_at AND a.starts_at <= ${now}::timestamptz
      AND a.ends_at > ${ranOut}::timestamptz`;
  return row?.last ?? ranOut;
}

async function isPromised(tx: Tx, machineId: string, now: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ promised: boolean }[]>`SELECT ${promisedAt(query`${machineId}`, now)} AS promised`;
  return row?.promised ?? false;
}

async function isOpen(tx: Tx, machineId: string, now: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ open: boolean }[]>`
    SELECT open @> ${now}::timestamptz AS open FROM calendars WHERE machine_id = ${machineId}`;
  return row?.open ?? true;
}
