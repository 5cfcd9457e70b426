import { setTimeout as pause } from 'node:timers/promises';
import type { SyncAnswer, WorkloadReport } from '../protocol/agent.ts';
import { DOMAINS, type Signed } from '../protocol/words.ts';
import type { ContainerRuntime } from './act/runtime.ts';
import { carryOut, FAULT_SENTENCES, type Fault } from './carry-out.ts';
import type { Clock, MarketTime } from './clock.ts';
import { containersOf } from './containers.ts';
import type { DefaultJobs } from './default-job.ts';
import { intakeOf } from './intake.ts';
import type { Keys } from './io/identity.ts';
import type { Journal } from './io/journal.ts';
import type { LogShipper } from './io/log-shipper.ts';
import type { Tunnels, TunnelsOptions } from './io/tunnel.ts';
import type { Trust } from './lease.ts';
import { type Log, messageOf } from './log.ts';
import { metering } from './metering.ts';
import { type Action, gpusWanted, plan } from './plan.ts';
import type { RunningRental } from './telemetry.ts';
import { warnOf } from './warn.ts';
import {
  followLog,
  isAttached,
  isConnectable,
  isStillPrinting,
  rentalOf,
  reportOf,
  runningRental,
  type Workload,
  workloadOf,
} from './workload.ts';

export type RentalsOptions = {
  trust: Trust;
  keys: Keys;
  journal: Journal;
  runtime: ContainerRuntime;
  openTunnels: (options: TunnelsOptions) => Tunnels;
  shipper: LogShipper;
  clock: Clock;
  time: MarketTime;
  /** Changes when the operating system starts anew. */
  machineBoot: string;
  /** UUIDs of the GPUs in this machine; null when they are simulated, and no container is given one. */
  gpus: () => ReadonlySet<string> | null;
  log: Log;
  idleJob?: Pick<DefaultJobs, 'look'>;
  /** Something changed that the market should hear at once. */
  onChange: () => void;
};

/** The rentals of one machine: what should be, brought about; what was delivered, journalled. Needs no market to go on. */
export type Rentals = {
  /** Takes up what an earlier agent left: rentals from the journal, containers from the runtime. */
  restore(): Promise<void>;
  /** Takes in what the market says should be. Throws when it cannot be kept on the disk. */
  apply(answer: Pick<SyncAnswer, 'workloads' | 'stored'>): void;
  /** Once a second: windows, ceilings, statements, and what was left undone. */
  tick(): void;
  reports(): WorkloadReport[];
  running(): RunningRental[];
  unsent(most: number): Signed[];
  /** Sentences for the machine's owner. */
  problems(): string[];
  /** Resolves when nothing is being done any more. */
  idle(): Promise<void>;
  /**
   * Stops what runs, as a shutdown of the machine would, with its files kept: the next agent starts it again. Nothing of
   * the time between is stated. Resolves when nothing runs any more; what does not stop in time is adopted instead.
   */
  rest(): Promise<void>;
  /** States what passed and lets go; rentals go on without this agent. */
  close(): Promise<void>;
};

const ASK_EVERY_MS = 30_000;
const ASK_AGAIN_MS = 5_000;
const CLOSE_PATIENCE_MS = 5_000;
const MOST_TROUBLES = 4;
const MOST_REPORTS = 256;

export function rentalsOf(options: RentalsOptions): Rentals {
  const { trust, keys, journal, runtime, clock, time, log, onChange } = options;
  const workloads = new Map<string, Workload>();
  const underWay = new Set<Promise<unknown>>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let journalProblem: string | null = null;
  let said = '[]';
  let closed = false;
  let resting = false;

  const tunnels = options.openTunnels({
    machineKey: keys.signingKey,
    sign: (text) => keys.signature(DOMAINS.tunnel, text),
    connect: (leaseId) => runtime.connect(leaseId),
    onChange(leaseId, open) {
      const workload = workloads.get(leaseId);
      if (workload === undefined) return;
      workload.open = open;
      look();
    },
  });
  const hands = carryOut({ runtime, tunnels, keys, gpus: options.gpus, monotonic: clock.monotonic });
  const meters = metering({
    journal,
    sign: (payload) => keys.sign(DOMAINS.statement, payload),
    onFailure(error) {
      if (journalProblem === null) log.error('The journal took no statement.', { error: messageOf(error) });
      journalProblem = `What this machine delivers cannot be written down (${messageOf(error)}); it is not billed until that works. Is the disk full?`;
    },
  });
  const containers = containersOf({
    runtime,
    workloads,
    machineBoot: options.machineBoot,
    log,
    letGo: hands.letGo,
    fail,
    onChange: look,
  });
  const intake = intakeOf({
    trust,
    journal,
    workloads,
    log,
    now: time.now,
    keepPast,
    onNew(workload) {
      workload.resting = resting;
      workload.container = containers.all().find(({ leaseId }) => leaseId === workload.lease.permit.leaseId);
    },
    onReplace(workload, lease) {
      // What passed until now is stated by the terms under which it passed.
      meters.cut(workload, time.reading());
      const { leaseId, authorizedKeys } = lease.permit;
      const sameKeys = authorizedKeys.join('\n') === workload.lease.permit.authorizedKeys.join('\n');
      if (workload.container !== undefined && !sameKeys) {
        const update = runtime.updateKeys(leaseId, authorizedKeys);
        void track(update.catch((error) => log.error('Keys were not replaced.', { leaseId, error: messageOf(error) })));
      }
      if (isAttached(workload) && lease.run === workload.lease.run) tunnels.carry(lease.signed);
    },
    isGone: (workload) => workload.known && reportOf(workload, time.reading()).phase === 'ended',
  });

  function track<Done>(work: Promise<Done>): Promise<Done> {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  }

  function keepPast(workload: Workload, change: Partial<Workload['past']>): void {
    workload.past = { ...workload.past, ...change };
    try {
      journal.keepPast(workload.lease.permit.leaseId, workload.past);
    } catch (error) {
      log.error('The journal does not take what happened to a rental.', { error: messageOf(error) });
    }
  }

  function fail(workload: Workload, fault: Fault): void {
    const { leaseId } = workload.lease.permit;
    log.warn('A rental does not run any more.', { leaseId, ...fault });
    workload.failedAt = clock.monotonic();
    keepPast(workload, { failure: { run: workload.lease.run, ...fault } });
  }

  /** Compares what should be with what is, begins what is missing, and tells the market what changed. */
  function look(): void {
    if (closed) return;
    const reading = time.reading();
    const rentals = knownOnes().map((workload) => rentalOf(workload, reading));
    options.idleJob?.look(resting ? 'all' : gpusWanted(rentals, containers.all(), reading.now));
    for (const action of plan(rentals, containers.all(), reading.now)) begin(action);
    let stated = false;
    for (const workload of knownOnes()) {
      if (isAttached(workload) && isConnectable(workload) && workload.past.connectedRun !== workload.lease.run) {
        keepPast(workload, { connectedRun: workload.lease.run });
      }
      void track(warnOf(workload, runtime, log, reading.now));
      if (meters.settle(workload, reading)) stated = true;
    }
    if (stated) journalProblem = null;
    const saying = JSON.stringify(reports().map(({ progress: _, ...rest }) => rest));
    if (stated || saying !== said) onChange();
    said = saying;
  }

  function begin({ leaseId, kind, reason, failure }: Action): void {
    const workload = workloads.get(leaseId);
    if (workload === undefined || clock.monotonic() < workload.restUntil) return;
    if (kind === 'abort') {
      workload.pull?.abort();
      return;
    }
    if (kind === 'remove' && isStillPrinting(workload, clock.monotonic())) return;
    log.info(`${kind}: ${reason}`, { leaseId, run: workload.lease.run });
    workload.busy = kind === 'attach' ? 'start' : kind;
    // Without a start of the operating system that it ran under, the next agent takes the stop for one of the whole machine.
    if (kind === 'stop' && resting) keepPast(workload, { machineBoot: null });
    if (failure !== null) fail(workload, { code: failure, detail: FAULT_SENTENCES[failure] ?? reason });
    void track(act(workload, kind));
  }

  async function act(workload: Workload, kind: Exclude<Action['kind'], 'abort'>): Promise<void> {
    const { run } = workload.lease;
    try {
      const fault = await hands.run(workload, kind);
      workload.troubles = 0;
      const ran = fault === null || fault.code === 'exited';
      if (ran && (kind === 'start' || kind === 'attach')) started(workload);
      if (fault !== null && workload.lease.run === run) fail(workload, fault);
    } catch (error) {
      trouble(workload, kind, messageOf(error));
    }
    await containers.idle(workload);
    look();
  }

  function started(workload: Workload): void {
    if (closed) return;
    keepPast(workload, { machineBoot: options.machineBoot });
    void followLog(workload, options.shipper).then(look);
  }

  function trouble(workload: Workload, kind: Action['kind'], message: string): void {
    const { leaseId } = workload.lease.permit;
    workload.troubles += 1;
    log.error(`${kind} went wrong: ${message}`, { leaseId, times: workload.troubles });
    const mayGiveUp = kind === 'pull' || kind === 'start' || kind === 'attach';
    if (mayGiveUp && workload.troubles >= MOST_TROUBLES) {
      workload.troubles = 0;
      fail(workload, { code: 'startFailed', detail: `The machine could not run it: ${message}` });
    } else workload.restUntil = clock.monotonic() + Math.min(60_000, 1_000 * 2 ** workload.troubles);
  }

  function reports(): WorkloadReport[] {
    const known = knownOnes().map((workload) => reportOf(workload, time.reading()));
    return [...known, ...intake.refusals()].slice(0, MOST_REPORTS);
  }

  function knownOnes(): Workload[] {
    return [...workloads.values()].filter(({ known }) => known);
  }

  function askAgain(): Promise<void> {
    askedAt = clock.monotonic();
    return track(containers.askAgain());
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  }

  return {
    async restore() {
      for (const kept of journal.rentals(trust.machineId)) {
        workloads.set(kept.lease.permit.leaseId, workloadOf({ ...kept, known: false }));
      }
      await askAgain();
    },
    apply(answer) {
      intake.apply(answer);
      look();
    },
    tick() {
      const due = containers.problem() === null ? ASK_EVERY_MS : ASK_AGAIN_MS;
      if (clock.monotonic() - askedAt >= due) void askAgain();
      for (const workload of workloads.values()) {
        const fault = hands.shutOut(workload);
        if (fault !== null) fail(workload, fault);
      }
      look();
      if ([...workloads.values()].some(({ progress }) => progress !== null)) onChange();
    },
    reports,
    running: () => knownOnes().flatMap((workload) => runningRental(workload) ?? []),
    unsent: (most) => journal.unsent(trust.machineId, most),
    problems: () =>
      [workloads.size === 0 ? null : containers.problem(), journalProblem].filter((problem) => problem !== null),
    idle,
    async rest() {
      resting = true;
      for (const workload of workloads.values()) workload.resting = true;
      look();
      await idle();
    },
    async close() {
      closed = true;
      containers.close();
      for (const workload of workloads.values()) {
        meters.cut(workload, time.reading());
        workload.interval = null;
        workload.pull?.abort();
        workload.logs?.abort();
      }
      tunnels.close();
      await Promise.race([Promise.allSettled(underWay), pause(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}
