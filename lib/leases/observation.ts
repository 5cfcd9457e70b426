import { addSeconds } from '#lib/base/time.ts';
import { INTERRUPTED_DISK_SECONDS } from '#lib/bookings/bid.ts';
import { type BookingFacts, isYielding, type Observed, type Reason } from '#lib/bookings/booking.ts';
import { DISK_KEPT_SECONDS } from '#lib/bookings/terms.ts';
import type { WorkloadReport } from '#protocol/agent.ts';

/** What is known of a booking when its machine reports on it. */
export type ObservedBooking = Omit<BookingFacts, 'endLockedAt'> & {
  readonly run: number;
  /** Its cap is what it stops at, not the money that there is. */
  readonly capped: boolean;
  readonly hostKey: string | null;
};

/** What a report changes. */
export type Observation = {
  /** Columns of the booking; empty when only `progress` moved. */
  readonly set: Partial<{
    desired: BookingFacts['desired'];
    observed: Observed;
    billable: BookingFacts['billable'];
    reason: Reason;
    reasonDetail: string | null;
    startedAt: Date;
    endedAt: Date;
    diskUntil: Date;
    hostKey: string;
    exitCode: number | null;
  }>;
  readonly gpusBack: boolean;
  /** The gateway port did not work: another one is needed, and another run on a new revision. */
  readonly otherPort: boolean;
  /** `all`: the bill is closed. `toStopped`: only the disk is still paid for. */
  readonly release: 'nothing' | 'toStopped' | 'all';
  /** The machine must be told something new. */
  readonly wake: boolean;
  readonly event:
    | 'booking.phase'
    | 'booking.connectable'
    | 'booking.failed'
    | 'booking.stopped'
    | 'booking.ended'
    | 'booking.moneyRanOut'
    | null;
};

/** A booking that nobody could reach gets another port, as another run, so many times; then it fails. */
export const MOST_RUNS_FOR_PORTS = 4;

const NOTHING: Observation = {
  set: {},
  gpusBack: false,
  otherPort: false,
  release: 'nothing',
  wake: false,
  event: null,
};

const OTHER_PORT: Observation = {
  ...NOTHING,
  set: { observed: 'held' },
  otherPort: true,
  wake: true,
  event: 'booking.phase',
};

/**
 * What a machine's report changes about a booking; null when it is old news: of an earlier run, or about one that is gone.
 * Pure: the same facts and report give the same change, so a report that comes twice changes nothing the second time.
 */
export function observe(booking: ObservedBooking, report: WorkloadReport, now: Date): Observation | null {
  if (booking.observed === 'ended') return null;
  if (report.phase === 'ended') return gone(booking, report, now);
  if (report.run !== booking.run) return null;
  if (report.failure?.code === 'gatewayFailed' && booking.desired === 'running' && booking.startedAt === null)
    return booking.run < MOST_RUNS_FOR_PORTS ? OTHER_PORT : failed(booking, report, now);
  switch (report.phase) {
    case 'accepted':
    case 'pulling':
    case 'starting':
      return booking.desired === 'running' ? moved(booking, report.phase) : null;
    case 'connectable':
      return booking.desired === 'running' ? connectable(booking, report, now) : null;
    case 'stopping':
      // What has stopped, and is not to end, stops no second time: its GPUs are back.
      return isStopped(booking) ? NOTHING : moved(booking, 'stopping');
    case 'stopped':
      return stopped(booking, report, now);
    case 'failed':
      return failed(booking, report, now);
  }
}

function isStopped({ desired, observed }: ObservedBooking): boolean {
  return desired === 'stopped' && (observed === 'stopped' || observed === 'failed');
}

function moved(booking: ObservedBooking, phase: Observed): Observation {
  if (booking.observed === phase) return NOTHING;
  return { ...NOTHING, set: { observed: phase, billable: keptOrNothing(booking) }, event: 'booking.phase' };
}

// Once it was usable its disk is kept, and paid; before that nothing is.
function keptOrNothing(booking: ObservedBooking): BookingFacts['billable'] {
  return booking.startedAt === null || booking.desired === 'ended' || booking.reason === 'hostEnded'
    ? 'nothing'
    : 'disk';
}

function connectable(booking: ObservedBooking, report: WorkloadReport, now: Date): Observation {
  const hostKey = report.hostKey ?? booking.hostKey;
  if (booking.observed === 'connectable' && hostKey === booking.hostKey) return NOTHING;
  return {
    ...NOTHING,
    set: {
      observed: 'connectable',
      billable: booking.reason === 'hostEnded' ? 'nothing' : 'gpuAndDisk',
      ...(booking.startedAt === null ? { startedAt: now } : {}),
      ...(hostKey === null ? {} : { hostKey }),
    },
    event: 'booking.connectable',
  };
}

function stopped(booking: ObservedBooking, report: WorkloadReport, now: Date): Observation | null {
  if (booking.observed === 'stopped') return NOTHING;
  const byItself = booking.desired === 'running';
  // Stopped without a reason although it should run: it is on its way to run again.
  if (byItself && report.failure === null) return null;
  const reason = reasonOf(booking, report);
  const over = byItself && booking.atExit === 'end';
  return {
    ...NOTHING,
    set: {
      observed: 'stopped',
      billable: keptOrNothing(booking),
      ...(byItself ? stoppedByItself(booking, report, now) : {}),
    },
    gpusBack: true,
    release: over || booking.desired === 'ended' || booking.reason === 'hostEnded' ? 'nothing' : 'toStopped',
    wake: byItself,
    event:
      byItself && (reason === 'moneyRanOut' || reason === 'capReached') ? 'booking.moneyRanOut' : 'booking.stopped',
  };
}

function stoppedByItself(booking: ObservedBooking, report: WorkloadReport, now: Date): Observation['set'] {
  // What ends with its command is removed as soon as its machine knows that we know.
  if (booking.atExit === 'end')
    return { desired: 'ended', billable: 'nothing', diskUntil: now, ...because(booking, report) };
  // What it left can be fetched until the host's notice is over; how its command ended is true all the same.
  if (booking.reason === 'hostEnded') return { desired: 'stopped', ...exitCodeOf(report) };
  // However it ended after it was told that it yields: it goes on when its bid wins again.
  if (isYielding(booking)) return { desired: 'stopped', diskUntil: addSeconds(now, INTERRUPTED_DISK_SECONDS) };
  return {
    desired: 'stopped',
    diskUntil: addSeconds(now, DISK_KEPT_SECONDS),
    ...because(booking, report),
  };
}

function failed(booking: ObservedBooking, report: WorkloadReport, now: Date): Observation | null {
  if (booking.observed === 'failed') return NOTHING;
  const why = because(booking, report);
  if (booking.startedAt === null) {
    // Nothing was ever usable: it is over and costs nothing.
    return {
      ...NOTHING,
      set: { observed: 'failed', desired: 'ended', billable: 'nothing', endedAt: now, diskUntil: now, ...why },
      gpusBack: true,
      release: 'all',
      wake: true,
      event: 'booking.failed',
    };
  }
  const set = booking.desired === 'running' ? stoppedByItself(booking, report, now) : {};
  const over = set.desired === 'ended';
  return {
    ...NOTHING,
    set: { observed: 'failed', billable: keptOrNothing(booking), ...set },
    gpusBack: true,
    release: over || booking.desired === 'ended' || booking.reason === 'hostEnded' ? 'nothing' : 'toStopped',
    wake: booking.desired === 'running',
    event: 'booking.failed',
  };
}

function gone(booking: ObservedBooking, report: WorkloadReport, now: Date): Observation {
  const lost = booking.desired !== 'ended';
  return {
    ...NOTHING,
    set: {
      observed: 'ended',
      billable: 'nothing',
      ...(booking.endedAt === null ? { endedAt: now } : {}),
      ...(lost ? { desired: 'ended', diskUntil: now, reason: reasonOf(booking, report) ?? 'machineLost' } : {}),
      ...(lost ? { reasonDetail: report.failure?.detail ?? null } : {}),
    },
    gpusBack: true,
    release: 'all',
    wake: false,
    event: 'booking.ended',
  };
}

function reasonOf(booking: ObservedBooking, report: WorkloadReport): Reason | null {
  if (report.failure === null) return null;
  if (report.failure.code === 'exited' && report.runtimeStopped === true) return 'runtimeStopped';
  if (report.onlyHere === true && (report.failure.code === 'imageNotFound' || report.failure.code === 'unrunnable'))
    return 'imageNotHere';
  if (report.failure.code === 'ceilingReached')
    return booking.capped ? 'capReached' : booking.atExit === null ? 'moneyRanOut' : 'timeLimit';
  // Its disk is not kept: there is none.
  if (report.failure.code === 'windowEnded' && booking.startedAt === null && booking.atExit === null)
    return booking.kind === 'interruptible' ? 'interrupted' : 'neverReady';
  return report.failure.code;
}

function because(
  booking: ObservedBooking,
  report: WorkloadReport,
): Pick<Observation['set'], 'reason' | 'reasonDetail' | 'exitCode'> {
  const reason = reasonOf(booking, report);
  if (reason === null) return {};
  const said = ['capReached', 'moneyRanOut', 'windowEnded', 'neverReady', 'interrupted', 'timeLimit'].includes(reason);
  return {
    reason,
    reasonDetail: said ? null : (report.failure?.detail ?? null),
    ...exitCodeOf(report),
  };
}

/** What the program came to that ended by itself. */
function exitCodeOf({ failure, exitCode }: WorkloadReport): Pick<Observation['set'], 'exitCode'> {
  return failure?.code === 'exited' ? { exitCode: exitCode ?? null } : {};
}

/** Whether a machine says that a run cannot be used yet: nothing up to now is billed. */
export function isOnItsWay(phase: WorkloadReport['phase']): boolean {
  return phase === 'accepted' || phase === 'pulling' || phase === 'starting';
}
