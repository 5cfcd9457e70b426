import { THE_MARKET } from '#lib/base/actor.ts';
import { earliest } from '#lib/base/time.ts';
import { isDoubtful } from '#lib/bookings/blame.ts';
import { isByWorkload } from '#lib/bookings/booking.ts';
import { choosePort } from '#lib/bookings/choose-port.ts';
import { isBoundByCap, stoppedHold } from '#lib/bookings/hold.ts';
import { type LockedBooking, lockBookingsOn } from '#lib/bookings/lock-booking.ts';
import { noteInVain } from '#lib/bookings/note-in-vain.ts';
import { type GivenBack, givenBackData, payCancellation } from '#lib/bookings/pay-cancellation.ts';
import { payUnpulled } from '#lib/bookings/pay-unpulled.ts';
import { isHeldAgainstImage } from '#lib/bookings/queries/blame.ts';
import { reviseLease, wakeMachine } from '#lib/bookings/revise-lease.ts';
import { giveGpusBack, releaseDownTo, settleLease } from '#lib/bookings/settle-lease.ts';
import { startMsAfter } from '#lib/catalogue/rank-key.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { DB_NULL, type Tx } from '#lib/io/db.ts';
import type { WorkloadReport } from '#protocol/agent.ts';
import { isOnItsWay, type Observation, observe } from './observation.ts';

/**
 * Step: takes in what a machine says of its workloads, after its statements in the same transaction. Old news changes
 * nothing. With `moreStatements` (the machine has more to send than fitted) no bill is closed yet: a sweep does it.
 * Answers true when the machine must be told something new.
 */
export async function observeWorkloads(
  tx: Tx,
  machine: { readonly id: string },
  reports: readonly WorkloadReport[],
  now: Date,
  { moreStatements = false }: { readonly moreStatements?: boolean } = {},
): Promise<boolean> {
  const byLease = new Map(reports.map((report) => [report.leaseId, report]));
  if (byLease.size === 0) return false;
  const news = await leasesWithNews(tx, machine.id, byLease, now);
  const bookings = news.length === 0 ? [] : await lockBookingsOn(tx, machine.id, { leaseIds: news });
  let wake = false;
  for (const booking of bookings) {
    const report = byLease.get(booking.lease.id);
    const observation = report === undefined ? null : observe(observed(booking), report, now);
    if (report === undefined || observation === null) continue;
    await apply(tx, booking, report, observation, moreStatements, now);
    wake ||= observation.wake;
  }
  return wake;
}

function observed(booking: LockedBooking) {
  const { terms, capMicros, lease } = booking;
  return { ...booking, capped: isBoundByCap(terms, capMicros, lease.ceilingMicros) };
}

/** A machine repeats itself with each sync: nothing is locked for what is known already. */
async function leasesWithNews(
  tx: Tx,
  machineId: string,
  reports: ReadonlyMap<string, WorkloadReport>,
  now: Date,
): Promise<string[]> {
  const rows = await tx.lease.findMany({
    where: { id: { in: [...reports.keys()] }, machineId },
    select: {
      id: true,
      booking: {
        select: {
          desired: true,
          observed: true,
          billable: true,
          reason: true,
          kind: true,
          atExit: true,
          run: true,
          hostKey: true,
          capMicros: true,
          startsAt: true,
          startedAt: true,
          endsAt: true,
          endedAt: true,
          diskUntil: true,
        },
      },
    },
  });
  return rows
    .filter(({ id, booking }) => {
      const report = reports.get(id);
      if (report === undefined) return false;
      const facts = { ...booking, capped: booking.capMicros !== null } as Parameters<typeof observe>[0];
      const observation = observe(facts, report, now);
      const onItsWay = isOnItsWay(report.phase) && booking.startsAt <= now;
      return observation !== null && (onItsWay || Object.keys(observation.set).length > 0);
    })
    .map(({ id }) => id);
}

async function apply(
  tx: Tx,
  booking: LockedBooking,
  report: WorkloadReport,
  observation: Observation,
  moreStatements: boolean,
  now: Date,
): Promise<void> {
  const { set } = observation;
  const changed = set.observed !== undefined && set.observed !== booking.observed;
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      ...set,
      ...(changed ? { observedAt: now } : {}),
      progress: report.phase === 'pulling' && report.progress !== null ? report.progress : DB_NULL,
    },
  });
  // A machine that says that it stopped bills nothing of what comes after, and nothing that was not billed any more before.
  if (set.desired === 'ended' && booking.atExit !== null) {
    const billableUntil = earliest(booking.lease.billableUntil, now) ?? now;
    await tx.lease.update({ where: { id: booking.lease.id }, data: { billableUntil } });
  }
  await noteRun(tx, booking, report, now);
  if (changed && set.observed === 'connectable' && booking.observed === 'starting') await noteStart(tx, booking, now);
  if (observation.gpusBack) await giveGpusBack(tx, booking.id, now);
  const paid = await paidByItsWorkload(tx, booking, set, now);
  if (set.desired !== undefined) {
    const { reason = booking.reason, exitCode } = set;
    await noteInVain(tx, booking, { reason, exitCode, excused: (paid?.paidMicros ?? 0n) > 0n }, now);
  }
  const after = { ...(paid?.booking ?? booking), ...set };
  if (observation.release === 'all' && !moreStatements) await settleLease(tx, after, now);
  if (observation.release === 'toStopped' && !moreStatements) await releaseStopped(tx, after, now);
  if (observation.otherPort) await tryOtherPort(tx, booking, now);
  else if (observation.wake) await wakeMachine(tx, booking.machineId);
  if (observation.event === null) await tellListeners(tx, { booking: booking.id, user: booking.renterId });
  else await tellEvent(tx, booking, observation, report, paid === null ? {} : givenBackData(paid), now);
}

/** What its renter runs, or wanted to, ended a rental that was to go on: a reserved window is given back by it. Null where it did not. */
async function paidByItsWorkload(
  tx: Tx,
  booking: LockedBooking,
  { reason: why, exitCode = null }: Observation['set'],
  now: Date,
): Promise<GivenBack | null> {
  const { id, desired, kind, startedAt } = booking;
  const reason = why ?? null;
  if (desired !== 'running') return null;
  if (reason === 'neverReady') return payUnpulled(tx, booking, now);
  const inDoubt = kind === 'reserved' && startedAt === null && isDoubtful(reason);
  const itIs =
    isByWorkload({ reason, exitCode, startedAt }) || (inDoubt && (await isHeldAgainstImage(tx, id, reason, now)));
  return itIs ? payCancellation(tx, booking, { byWorkload: true }, now) : null;
}

/** Since when a run may be billed: after the machine last said that it could not be used yet. */
async function noteRun(tx: Tx, booking: LockedBooking, report: WorkloadReport, now: Date): Promise<void> {
  const run = { bookingId: booking.id, endsAt: { gt: now }, connectableAt: null };
  if (report.phase === 'connectable') await tx.allocation.updateMany({ where: run, data: { connectableAt: now } });
  if (isOnItsWay(report.phase)) await tx.allocation.updateMany({ where: run, data: { billableFrom: now } });
}

/** What a start took on this machine, from the report that it begins to the report that it is done. The machine is locked by whoever reports. */
async function noteStart(tx: Tx, booking: LockedBooking, now: Date): Promise<void> {
  const measuredMs = Math.max(0, now.getTime() - booking.observedAt.getTime());
  const { startMs } = await tx.machine.findUniqueOrThrow({
    where: { id: booking.machineId },
    select: { startMs: true },
  });
  await tx.machine.update({ where: { id: booking.machineId }, data: { startMs: startMsAfter(startMs, measuredMs) } });
}

async function releaseStopped(tx: Tx, booking: LockedBooking, now: Date): Promise<void> {
  const { heldMicros, chargedMicros } = booking.lease;
  const kept = stoppedHold(booking.terms, { heldMicros, chargedMicros, capMicros: booking.capMicros, freeMicros: 0n });
  await releaseDownTo(tx, booking, kept, now);
}

async function tryOtherPort(tx: Tx, booking: LockedBooking, now: Date): Promise<void> {
  const gateway = await choosePort(tx, booking.id);
  await tx.booking.update({
    where: { id: booking.id },
    data: { run: booking.run + 1, gatewayName: gateway.name, gatewayPort: gateway.port },
  });
  await reviseLease(tx, booking, { gateway }, now);
}

async function tellEvent(
  tx: Tx,
  booking: LockedBooking,
  observation: Observation,
  report: WorkloadReport,
  data: Readonly<Record<string, string>>,
  now: Date,
): Promise<void> {
  if (observation.event === null) return;
  const { set } = observation;
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: observation.event,
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      reason: set.reasonDetail ?? undefined,
      data: {
        ...data,
        phase: report.phase,
        run: report.run,
        reason: set.reason ?? booking.reason,
        hostId: booking.hostId,
        diskUntil: set.diskUntil?.toISOString() ?? null,
      },
    },
    now,
  );
}
