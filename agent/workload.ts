import type { PullProgress, WorkloadReport } from '../protocol/agent.ts';
import type { ExistingWorkload } from './act/runtime.ts';
import type { Reading } from './clock.ts';
import type { Past } from './io/journal.ts';
import type { LogShipper } from './io/log-shipper.ts';
import type { Lease } from './lease.ts';
import { affordsAnotherSecond, type Interval, type Totals } from './meter.ts';
import { phaseOf, type Rental } from './plan.ts';
import type { RunningRental } from './telemetry.ts';

/** A rental in the memory of a running agent. */
export type Workload = {
  lease: Lease;
  past: Past;
  totals: Totals;
  /** Time that passes and is not stated yet. */
  interval: Interval | null;
  /** What the runtime has of it, as last heard. */
  container: ExistingWorkload | undefined;
  /** False while a rental of an earlier agent waits for the runtime to say what is left of it: nothing is done or said about it. */
  known: boolean;
  busy: Rental['busy'];
  /** Counts what was begun with it and its exits: what the runtime listed before one of them is old by then. */
  turns: number;
  /** The run whose image is here. */
  pulledRun: number;
  /** The run that is looked after, and since when by the monotonic clock. */
  attached: { run: number; since: number } | null;
  /** A way in is open. */
  open: boolean;
  /** Of which end the workload was told, and how long before. */
  warned: string | null;
  progress: PullProgress | null;
  pull: AbortController | null;
  logs: AbortController | null;
  /** What it prints is on its way to the market. */
  following: boolean;
  /** When (monotonic) it last failed, or ended by itself. */
  failedAt: number;
  /** The machine was told to rest: it runs again under the next agent. */
  resting: boolean;
  /** After something that should not happen: how often in a row, and before when (monotonic) nothing is tried. */
  troubles: number;
  restUntil: number;
};

export function workloadOf(kept: Pick<Workload, 'lease' | 'past' | 'totals' | 'known'>): Workload {
  return {
    ...kept,
    interval: null,
    container: undefined,
    busy: null,
    turns: 0,
    pulledRun: 0,
    attached: null,
    open: false,
    warned: null,
    progress: null,
    pull: null,
    logs: null,
    following: false,
    failedAt: 0,
    resting: false,
    troubles: 0,
    restUntil: 0,
  };
}

export function rentalOf(workload: Workload, reading: Reading): Rental {
  const { lease, past, totals, interval } = workload;
  return {
    lease,
    busy: workload.busy,
    pulled: workload.pulledRun === lease.run,
    attached: isAttached(workload),
    failure: past.failure?.run === lease.run ? past.failure.code : null,
    affordsMore: affordsAnotherSecond(totals, interval, lease.permit, reading),
    resting: workload.resting,
    unnamedSince: past.unnamedSince,
  };
}

export function isAttached({ attached, lease }: Workload): boolean {
  return attached !== null && attached.run === lease.run;
}

/**
 * A renter can get in, or could in this run; what runs a command to its end is usable as soon as it runs. Neither a way in that fails later nor an agent that restarts takes a run back
 * to where it was not usable yet.
 */
export function isConnectable(workload: Workload): boolean {
  const usable = workload.open || workload.lease.permit.untilExit === true;
  return (isAttached(workload) && usable) || workload.past.connectedRun === workload.lease.run;
}

/** Brings what a workload prints to the market from now on, in place of whoever did so before. Resolves when it ended. */
export async function followLog(workload: Workload, shipper: LogShipper): Promise<void> {
  workload.logs?.abort();
  const controller = new AbortController();
  workload.logs = controller;
  workload.following = true;
  await shipper.follow(workload.lease.permit.leaseId, controller.signal);
  if (workload.logs === controller) workload.following = false;
}

/** What ended by itself is removed when its last lines are at the market, or after this long. */
const LOGS_PATIENCE_MS = 15_000;

export function isStillPrinting({ following, container, failedAt }: Workload, monotonic: number): boolean {
  return following && container?.running === false && monotonic - failedAt < LOGS_PATIENCE_MS;
}

/** The rental, while its container runs and is looked after. */
export function runningRental(workload: Workload): RunningRental | null {
  const { lease, container } = workload;
  if (!isAttached(workload) || container?.running !== true) return null;
  return { leaseId: lease.permit.leaseId, run: lease.run, gpuUuids: lease.permit.gpuUuids };
}

export function reportOf(workload: Workload, reading: Reading): WorkloadReport {
  const { lease, past } = workload;
  const phase = phaseOf(rentalOf(workload, reading), workload.container, isConnectable(workload), reading.now);
  const failure = past.failure?.run === lease.run ? past.failure : null;
  return {
    leaseId: lease.permit.leaseId,
    revision: lease.permit.revision,
    run: lease.run,
    phase,
    failure: failure === null ? null : { code: failure.code, detail: failure.detail },
    progress: phase === 'pulling' ? workload.progress : null,
    hostKey: past.hostKey,
    ...(failure?.exitCode === undefined ? {} : { exitCode: failure.exitCode }),
    ...(failure?.runtimeStopped === undefined ? {} : { runtimeStopped: true }),
    ...(failure?.onlyHere === undefined ? {} : { onlyHere: true }),
  };
}
