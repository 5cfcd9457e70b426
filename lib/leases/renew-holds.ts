import type { Micros } from '#lib/base/money.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { INTERRUPTED_DISK_SECONDS } from '#lib/bookings/bid.ts';
import { renewal, stoppedHold, toPay } from '#lib/bookings/hold.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import { renewHold } from '#lib/bookings/renew-hold.ts';
import { reviseLease } from '#lib/bookings/revise-lease.ts';
import { readTerms, STOPPED_SECONDS } from '#lib/bookings/terms.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { holdMoney, lockWallet } from '#lib/ledger/hold-money.ts';

/**
 * Sweep: sets more money aside for rentals whose hold runs low, as far as their renters have it: for running ones on a new
 * revision of the lease, by the rule of `renewal`; for stopped ones up to another day of their disk. Answers how many.
 */
export async function renewHolds(world: World = theWorld): Promise<number> {
  return eachRow('renewHolds', await candidates(world.now()), ({ id }) =>
    inTransaction('renew hold', (tx) => renew(tx, id, world.now())),
  );
}

async function candidates(now: Date): Promise<{ id: string }[]> {
  const rows = await db.$queryRaw<Candidate[]>`
    SELECT b.id, b.terms, b.desired, b.cap_micros, b.starts_at, b.ends_at, l.held_micros, l.charged_micros, l.billed_until, a.balance_micros
    FROM bookings b JOIN leases l ON l.booking_id = b.id
    JOIN accounts a ON a.kind = 'renterWallet' AND a.owner_id = b.renter_id
    WHERE a.balance_micros > 0 AND l.settled_at IS NULL AND coalesce(b.reason, '') <> 'hostEnded'
      AND ((b.desired = 'running' AND b.at_exit IS NULL AND b.ends_at > ${now}::timestamptz)
        OR (b.desired = 'stopped' AND b.observed IN ('stopped', 'failed')))
    ORDER BY b.id`;
  return rows.filter((row) => {
    const terms = readTerms(row.terms);
    const facts = {
      chargedMicros: row.charged_micros,
      heldMicros: row.held_micros,
      capMicros: row.cap_micros,
      freeMicros: row.balance_micros,
      toEnd: toPay(row.ends_at, row.billed_until, now, row.starts_at),
    };
    return row.desired === 'running' ? renewal(terms, facts) !== null : moreForDisk(terms, facts) > 0n;
  });
}

type Candidate = {
  readonly id: string;
  readonly terms: unknown;
  readonly desired: LockedBooking['desired'];
  readonly cap_micros: bigint | null;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly held_micros: bigint;
  readonly charged_micros: bigint;
  readonly billed_until: Date | null;
  readonly balance_micros: bigint;
};

function moreForDisk(terms: LockedBooking['terms'], facts: Parameters<typeof stoppedHold>[1]): Micros {
  const wanted = stoppedHold(terms, facts);
  return facts.heldMicros * 2n < wanted ? wanted - facts.heldMicros : 0n;
}

async function renew(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  const { lease, renterId, desired } = booking;
  if (lease.settledAt !== null || desired === 'ended' || booking.reason === 'hostEnded') return false;
  if (desired === 'running') {
    if (booking.atExit !== null) return false;
    const plan = await renewHold(tx, booking, booking.endsAt, now);
    if (plan === null) return false;
    await reviseLease(tx, booking, { ceilingMicros: plan.ceilingMicros }, now);
  } else if (!(await holdForDisk(tx, booking, now))) return false;
  await tellListeners(tx, { booking: id, user: renterId, machine: booking.machineId });
  return true;
}

async function holdForDisk(tx: Tx, booking: LockedBooking, now: Date): Promise<boolean> {
  const { id, lease, terms, capMicros, renterId } = booking;
  // A disk that is kept costs little and loses files when it is not: the limit of new accounts is for what runs.
  const { freeMicros } = await lockWallet(tx, renterId, now);
  const facts = { chargedMicros: lease.chargedMicros, heldMicros: lease.heldMicros, capMicros, freeMicros };
  const amountMicros = moreForDisk(terms, facts);
  if (amountMicros <= 0n) return false;
  const heldMicros = lease.heldMicros + amountMicros;
  const key = `hold:${lease.id}:renewal:${lease.chargedMicros}:${heldMicros}:${now.getTime()}`;
  await holdMoney(tx, { renterId, bookingId: id, holdId: lease.holdId, amountMicros, key }, now);
  await tx.lease.update({ where: { id: lease.id }, data: { heldMicros } });
  if (['renterStopped', 'idleStopped', 'interrupted'].includes(booking.reason ?? '')) await keepDiskAgain(tx, booking);
  return true;
}

/** There is money for the disk again: it is kept as long as was said when it was stopped. */
async function keepDiskAgain(tx: Tx, booking: LockedBooking): Promise<void> {
  const seconds = booking.reason === 'interrupted' ? INTERRUPTED_DISK_SECONDS : STOPPED_SECONDS;
  const diskUntil = addSeconds(booking.observedAt, seconds);
  await tx.booking.update({ where: { id: booking.id }, data: { diskUntil, warnedSeconds: null } });
}
