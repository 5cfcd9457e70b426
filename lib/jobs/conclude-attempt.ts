import { THE_MARKET } from '#lib/base/actor.ts';
import { askEnd } from '#lib/bookings/ask-end.ts';
import type { Reason } from '#lib/bookings/booking.ts';
import { LEAST_RUN_SECONDS } from '#lib/bookings/hold.ts';
import { type LockedBooking, lockBookingsOn } from '#lib/bookings/lock-booking.ts';
import { billGpusUntil } from '#lib/bookings/settle-lease.ts';
import { runningCost } from '#lib/bookings/terms.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import type { Tx } from '#lib/io/db.ts';
import { judge, type Verdict } from './attempt.ts';
import { closeArrays } from './close-arrays.ts';
import { FAULTS_OF_HOSTS, type JobDesired, type JobObserved } from './job.ts';
import { type NextStep, nextStep } from './next-step.ts';
import { machinesOf, type OpenAttempt } from './queries/attempts.ts';
import { spentOn } from './queries/work.ts';
import { jobSentence } from './view.ts';

type Over = Extract<Verdict, { state: 'over' }>;

type LockedJob = {
  readonly id: string;
  readonly array_id: string;
  readonly renter_id: string;
  readonly desired: JobDesired;
  readonly observed: JobObserved;
  readonly failures: number;
  readonly losses: number;
  readonly avoided_host_ids: string[];
  readonly end_asked_at: Date | null;
  readonly retries: number;
  readonly deadline: Date | null;
  readonly cap_micros: bigint | null;
};

/**
 * Step: decides what has become of an open attempt and does what follows: bookings that are of no more use end, and the job
 * ends or stands in the queue again. Locks its machines in the order of their ids, their bookings, then the job. Answers
 * false where there was nothing to decide after all.
 */
export async function concludeAttempt(tx: Tx, attempt: OpenAttempt, now: Date): Promise<boolean> {
  await tx.$queryRaw`SELECT 1 FROM machines WHERE id = ANY(${[...attempt.machineIds]}) ORDER BY id FOR NO KEY UPDATE`;
  const ids = (await tx.attemptBooking.findMany({ where: { attemptId: attempt.id }, select: { bookingId: true } })).map(
    (row) => row.bookingId,
  );
  const bookings: LockedBooking[] = [];
  for (const machineId of [...attempt.machineIds].sort())
    bookings.push(...(await lockBookingsOn(tx, machineId, { bookingIds: ids })));
  const [job] = await tx.$queryRaw<LockedJob[]>`
    SELECT j.*, a.retries, a.deadline, a.cap_micros FROM jobs j JOIN job_arrays a ON a.id = j.array_id
    JOIN job_attempts t ON t.job_id = j.id WHERE t.id = ${attempt.id} AND t.ended_at IS NULL FOR UPDATE OF j, t`;
  if (job === undefined) return false;
  const machines = await machinesOf(tx, attempt.id, now);
  const verdict = judge(machines, job, now);
  if (verdict.state !== 'over') {
    if (verdict.doomedSince !== null) await billUntil(tx, bookings, verdict.doomedSince);
    return move(tx, attempt, job, verdict.state, now);
  }
  const step = await stepOf(tx, job, bookings, verdict, now);
  const silent = new Set(machines.flatMap((machine) => (machine.silent ? [machine.bookingId] : [])));
  for (const booking of bookings) await release(tx, booking, job, { verdict, step, silent }, now);
  await tx.jobAttempt.update({
    where: { id: attempt.id },
    data: {
      endedAt: now,
      outcome: verdict.outcome,
      reason: verdict.reason,
      reasonDetail: verdict.detail,
      exitCode: verdict.exitCode,
    },
  });
  await goOn(tx, job, verdict, step, now);
  return true;
}

/**
 * What still runs is of no more use to anybody, and runs on until its machine was heard of, because only then it is known who
 * failed first. Its renter does not pay for that.
 */
async function billUntil(tx: Tx, bookings: readonly LockedBooking[], until: Date): Promise<void> {
  for (const { id, desired, atExit, lease } of bookings) {
    const billed = lease.billableUntil !== null && lease.billableUntil <= until;
    if (desired !== 'running' || atExit === null || billed) continue;
    await tx.lease.update({ where: { id: lease.id }, data: { billableUntil: until } });
    await billGpusUntil(tx, id, until);
  }
}

async function move(tx: Tx, attempt: OpenAttempt, job: LockedJob, to: JobObserved, now: Date): Promise<boolean> {
  if (job.observed === to) return false;
  await tx.job.update({ where: { id: job.id }, data: { observed: to, observedAt: now } });
  if (to === 'running') await tx.jobAttempt.update({ where: { id: attempt.id }, data: { startedAt: now } });
  await tellListeners(tx, { user: job.renter_id });
  return true;
}

async function stepOf(
  tx: Tx,
  job: LockedJob,
  bookings: readonly LockedBooking[],
  verdict: Over,
  now: Date,
): Promise<NextStep> {
  const { chargedMicros = 0n } = (await spentOn(tx, [job.id])).get(job.id) ?? {};
  const { failures, losses, retries, deadline, cap_micros: capMicros } = job;
  const leftMicros = capMicros === null ? null : capMicros - chargedMicros;
  const unbegun = await unbegunOf(tx, job.id, verdict, bookings);
  const minuteMicros = bookings.reduce((sum, { terms }) => sum + runningCost(terms, LEAST_RUN_SECONDS), 0n);
  return nextStep(
    { failures, losses, retries, deadline, unbegun, avoidedHostIds: job.avoided_host_ids, leftMicros, minuteMicros },
    verdict,
    now,
  );
}

/** Attempts of a job that were lost before any of it began, and through no silence or wish of a host; the one that is over counts. */
async function unbegunOf(tx: Tx, jobId: string, verdict: Over, bookings: readonly LockedBooking[]): Promise<number> {
  const isOne =
    verdict.outcome === 'lost' &&
    !FAULTS_OF_HOSTS.includes(verdict.reason ?? '') &&
    bookings.every(({ startedAt }) => startedAt === null);
  if (!isOne) return 0;
  const before = await tx.jobAttempt.count({
    where: { jobId, outcome: 'lost', startedAt: null, reason: { notIn: [...FAULTS_OF_HOSTS] } },
  });
  return before + 1;
}

/**
 * Ends what still runs; the disk of an attempt that another one follows is of no use either. What its renter has started as a
 * shell since is theirs.
 */
async function release(
  tx: Tx,
  booking: LockedBooking,
  job: LockedJob,
  { verdict, step, silent }: { readonly verdict: Over; readonly step: NextStep; readonly silent: ReadonlySet<string> },
  now: Date,
): Promise<void> {
  if (booking.atExit === null) return;
  const wanted = booking.desired === 'running' || (booking.desired === 'stopped' && step.step === 'again');
  if (!wanted) return;
  const cancelled = verdict.outcome === 'cancelled';
  const reason: Reason = cancelled ? 'renterEnded' : silent.has(booking.id) ? 'machineLost' : 'jobOver';
  // Nothing is billed after the renter said so, however long it took until somebody looked.
  const at = (cancelled ? job.end_asked_at : null) ?? now;
  await askEnd(tx, THE_MARKET, booking, { reason, kind: 'booking.endAsked' }, at);
}

async function goOn(tx: Tx, job: LockedJob, verdict: Over, step: NextStep, now: Date): Promise<void> {
  const { reason, detail, exitCode } = verdict;
  const { failures, losses } = step;
  if (step.step === 'end') {
    await tx.job.update({
      where: { id: job.id },
      data: {
        desired: 'end',
        observed: 'ended',
        observedAt: now,
        endedAt: now,
        outcome: step.outcome,
        reason: step.reason,
        // Given up after several: why the last one was lost says more than nothing.
        reasonDetail: step.reason === reason ? detail : verdict.outcome === 'lost' ? jobSentence(reason) : null,
        exitCode,
        failures,
        losses,
      },
    });
    await closeArrays(tx, [job.array_id], now);
    return tellListeners(tx, { user: job.renter_id });
  }
  const { notBefore, avoidedHostIds } = step;
  await tx.job.update({
    where: { id: job.id },
    data: {
      observed: 'waiting',
      observedAt: now,
      failures,
      losses,
      notBefore,
      avoidedHostIds: [...avoidedHostIds],
      reason,
      reasonDetail: detail,
      exitCode,
    },
  });
  const kind = verdict.outcome === 'lost' ? 'job.lost' : 'job.retried';
  const data = { arrayId: job.array_id, jobId: job.id, reason, exitCode };
  await recordEvent(tx, THE_MARKET, { kind, userId: job.renter_id, data }, now);
}
