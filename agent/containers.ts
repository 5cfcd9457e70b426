import type { ContainerRuntime, ExistingWorkload } from './act/runtime.ts';
import { exitOf, type Fault } from './carry-out.ts';
import { type Log, messageOf } from './log.ts';
import { isAttached, type Workload } from './workload.ts';

export type ContainersOptions = {
  runtime: ContainerRuntime;
  workloads: ReadonlyMap<string, Workload>;
  /** Changes when the operating system starts anew. */
  machineBoot: string;
  log: Log;
  letGo: (workload: Workload) => void;
  fail: (workload: Workload, fault: Fault) => void;
  onChange: () => void;
};

/** What the runtime has, kept current by its events and, because events get lost, by asking again. */
export type Containers = {
  all(): ExistingWorkload[];
  /** Never rejects. */
  askAgain(): Promise<void>;
  /**
   * Nothing is being done to a workload any more. Where the runtime said meanwhile that it ended, it is asked again before
   * anything is stated: the start may have looked a moment before. Never rejects.
   */
  idle(workload: Workload): Promise<void>;
  problem(): string | null;
  close(): void;
};

export function containersOf(options: ContainersOptions): Containers {
  const { runtime, workloads, log } = options;
  const missed = new WeakSet<Workload>();
  let listed: ExistingWorkload[] = [];
  let problem: string | null = null;

  function onExit(leaseId: string, exitCode: number | null, ended = false): void {
    const workload = workloads.get(leaseId);
    if (workload === undefined) return;
    if (workload.busy === 'start') missed.add(workload);
    // What is being stopped, removed or started learns of the exit from that action itself.
    if (workload.busy !== null && workload.busy !== 'pull') return;
    workload.turns += 1;
    const wasAttached = isAttached(workload);
    options.letGo(workload);
    if (workload.container !== undefined) workload.container = { ...workload.container, running: false, exitCode };
    if (wasAttached) options.fail(workload, exitOf(exitCode, ended));
    options.onChange();
  }

  /** A container that ended while no agent looked: by itself, unless the whole machine started anew. */
  function takeUp(workload: Workload): void {
    const { container, lease, past } = workload;
    if (container === undefined || container.running || container.run !== lease.run) return;
    const ranSinceBoot = past.connectedRun === lease.run && past.machineBoot === options.machineBoot;
    if (!ranSinceBoot || lease.desired !== 'running' || past.failure?.run === lease.run) return;
    options.fail(workload, exitOf(container.exitCode, container.ended));
  }

  const unwatch = runtime.watch(onExit);
  return {
    all() {
      const foreign = listed.filter(({ leaseId }) => !workloads.has(leaseId));
      return [...foreign, ...[...workloads.values()].flatMap(({ container }) => container ?? [])];
    },
    async askAgain() {
      const idleSince = new Map(
        [...workloads.values()].flatMap((one) => (one.busy === null ? [[one, one.turns]] : [])),
      );
      try {
        const found = await runtime.list();
        listed = found;
        problem = null;
        for (const [leaseId, workload] of workloads) {
          // What was busy at any time since then is known better from its action: a list that took long still has it running.
          if (workload.busy !== null || idleSince.get(workload) !== workload.turns) continue;
          const container = found.find((each) => each.leaseId === leaseId);
          const gone = isAttached(workload) && container?.running !== true;
          workload.container = container;
          if (gone) onExit(leaseId, container?.exitCode ?? null, container?.ended);
          else if (!workload.known) takeUp(workload);
          workload.known = true;
        }
        options.onChange();
      } catch (error) {
        const sentence = `The container runtime does not say what runs (${messageOf(error)}).`;
        if (problem === null) log.error(sentence);
        problem = sentence;
      }
    },
    async idle(workload) {
      workload.busy = null;
      if (missed.delete(workload) && isAttached(workload)) await this.askAgain();
    },
    problem: () => problem,
    close: unwatch,
  };
}
