import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, secondsBetween, theWorld, type World } from '#lib/base/time.ts';
import { askStop } from '#lib/bookings/ask-stop.ts';
import { isBoundByCap } from '#lib/bookings/hold.ts';
import { lockBooking } from '#lib/bookings/lock-booking.ts';
import { costOf } from '#lib/bookings/rental.ts';
import { leftOf, runwaysOf, WARN_AT_SECONDS, warningDue } from '#lib/bookings/runway.ts';
import { DISK_KEPT_SECONDS, readTerms, runningCost } from '#lib/bookings/terms.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { spendableOf } from '#lib/ledger/queries/spending-limit.ts';

/**
 * Sweep: tells renters whose money runs low at 60, 15 and 5 minutes, once each; takes the warnings back when there is money
 * again; and stops what has used up its ceiling, should its machine not have done so by itself. Answers how many changed.
 */
export async function warnMoney(world: World = theWorld): Promise<number> {
  const now = world.now();
  return eachRow('warnMoney', await runways(now), (rental) =>
    inTransaction('warn of money', (tx) => warn(tx, rental, now)),
  );
}

type Runway = { readonly id: string; readonly seconds: number };

async function runways(now: Date): Promise<Runway[]> {
  const rows = await db.booking.findMany({
    where: {
      desired: 'running',
      observed: 'connectable',
      billable: 'gpuAndDisk',
      atExit: null,
      lease: { settledAt: null },
    },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      renterId: true,
      terms: true,
      capMicros: true,
      observedAt: true,
      endsAt: true,
      warnedSeconds: true,
      lease: true,
    },
  });
  const wallets = await db.account.findMany({
    where: { kind: 'renterWallet', ownerId: { in: [...new Set(rows.map((row) => row.renterId))] } },
    select: { ownerId: true, balanceMicros: true },
  });
  const free = new Map(wallets.map((wallet) => [wallet.ownerId, wallet.balanceMicros]));
  const found: Runway[] = [];
  for (const [renterId, mine] of Map.groupBy(rows, (row) => row.renterId)) {
    const burning = mine.flatMap((row) => {
      if (row.lease === null) return [];
      const terms = readTerms(row.terms);
      const lease = { ...row.lease, diskByteSeconds: BigInt(row.lease.diskByteSeconds.toFixed(0)) };
      const { capMicros, observedAt, endsAt } = row;
      const facts = { terms, capMicros, endsAt, observedAt, lease, freeMicros: 0n };
      const { estimatedMicros } = costOf({ ...facts, billable: 'gpuAndDisk' }, now);
      const leftMicros = leftOf(lease, 'running', estimatedMicros);
      return [{ id: row.id, terms, capped: row.capMicros !== null, leftMicros }];
    });
    // What the limit of a new account keeps back prolongs nothing.
    const lasting = runwaysOf(burning, await spendableOf(db, renterId, free.get(renterId) ?? 0n, now));
    for (const row of mine) {
      const lasts = lasting.get(row.id);
      if (lasts === undefined) continue;
      // Money that outlasts the rented time does not run out.
      const seconds = lasts > 0 && lasts >= secondsBetween(now, row.endsAt) ? Number.MAX_SAFE_INTEGER : lasts;
      if (changes(seconds, row.warnedSeconds)) found.push({ id: row.id, seconds });
    }
  }
  return found;
}

function changes(seconds: number, warnedSeconds: number | null): boolean {
  const again = warnedSeconds !== null && seconds > WARN_AT_SECONDS[0];
  return again || seconds <= 0 || warningDue(seconds, warnedSeconds) !== null;
}

async function warn(tx: Tx, { id, seconds }: Runway, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  const { lease, terms } = booking;
  if (booking.desired !== 'running' || booking.observed !== 'connectable') return false;
  const capped = isBoundByCap(terms, booking.capMicros, lease.ceilingMicros);
  // By its own statements nothing more fits: whatever the machine does, it is over.
  if (lease.ceilingMicros - lease.chargedMicros < runningCost(terms, 1)) {
    const reason = capped ? 'capReached' : 'moneyRanOut';
    const diskUntil = addSeconds(now, DISK_KEPT_SECONDS);
    await askStop(tx, THE_MARKET, booking, { reason, diskUntil, kind: 'booking.moneyRanOut' }, now);
    return true;
  }
  const due = warningDue(seconds, booking.warnedSeconds);
  if (due === null) {
    if (booking.warnedSeconds === null || seconds <= WARN_AT_SECONDS[0]) return false;
    await tx.booking.update({ where: { id }, data: { warnedSeconds: null } });
    return true;
  }
  await tx.booking.update({ where: { id }, data: { warnedSeconds: due } });
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'booking.moneyLow',
      userId: booking.renterId,
      bookingId: id,
      machineId: booking.machineId,
      data: { runwaySeconds: seconds, boundSeconds: due, capped, hostId: booking.hostId },
    },
    now,
  );
  return true;
}
