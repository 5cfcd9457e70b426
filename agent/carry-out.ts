import * as z from 'zod/mini';
import type { Failure } from '../protocol/agent.ts';
import { STOP_GRACE_SECONDS } from '../protocol/end-warning.ts';
import { type ContainerRuntime, WorkloadFailure, type WorkloadSpec } from './act/runtime.ts';
import type { Keys } from './io/identity.ts';
import type { Tunnels } from './io/tunnel.ts';
import { messageOf } from './log.ts';
import type { Action } from './plan.ts';
import { isConnectable, type Workload } from './workload.ts';

export type CarryOutOptions = {
  runtime: ContainerRuntime;
  tunnels: Tunnels;
  keys: Pick<Keys, 'unseal'>;
  /** UUIDs of the GPUs that are in this machine; null when they are simulated, and no container is given one. */
  gpus: () => ReadonlySet<string> | null;
  monotonic: () => number;
};

/** Why a run will not be tried again. */
export type Fault = { code: Failure; detail: string; exitCode?: number | null; runtimeStopped?: true; onlyHere?: true };

/** What a fault that the agent decides on is called. */
export const FAULT_SENTENCES: Partial<Record<Failure, string>> = {
  windowEnded: 'The rented time is over.',
  ceilingReached: 'The money set aside for this rental is used up.',
};

/** What a program that ended by itself, or was `ended` with its runtime, makes of its run. */
export function exitOf(exitCode: number | null, ended = false): Fault {
  // Its code would be that of the signal, or of how it took it: not of what it came to.
  if (ended) {
    const detail = 'The container runtime of this machine was stopped, and the workload with it.';
    return { code: 'exited', detail, exitCode: null, runtimeStopped: true };
  }
  const detail =
    exitCode === null ? 'The workload ended by itself.' : `The workload ended by itself with exit code ${exitCode}.`;
  return { code: 'exited', detail, exitCode };
}

/** How long a workload may take to end politely; less when the whole machine goes to rest. */
const GRACE_SECONDS = { usual: STOP_GRACE_SECONDS, resting: 7 };

const GATEWAY_PATIENCE_MS = 45_000;

const environmentSchema = z.record(z.string(), z.string());

/**
 * Does one action to a workload and writes what came of it into the workload. Resolves to the fault that ends this run, or
 * null; rejects only for what is a bug or a broken machine, so that the action is tried again.
 */
export function carryOut(options: CarryOutOptions) {
  const { runtime, tunnels } = options;

  async function pull(workload: Workload): Promise<void> {
    const { permit, run } = workload.lease;
    const controller = new AbortController();
    workload.pull = controller;
    try {
      await runtime.pull(
        { image: permit.image, leaseId: permit.leaseId },
        (progress) => {
          workload.progress = progress;
        },
        controller.signal,
      );
      workload.pulledRun = run;
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      workload.pull = null;
      workload.progress = null;
    }
  }

  async function start(workload: Workload): Promise<Fault | null> {
    const { permit, run, signed } = workload.lease;
    const { hostKey, exitCode } = await runtime.start(await specOf(workload));
    workload.past = { ...workload.past, hostKey };
    if (exitCode !== undefined) {
      workload.container = { leaseId: permit.leaseId, run, running: false, exitCode, hostKey };
      return exitOf(exitCode);
    }
    workload.container = { leaseId: permit.leaseId, run, running: true, exitCode: null, hostKey };
    workload.attached = { run, since: options.monotonic() };
    tunnels.carry(signed);
    workload.open = tunnels.isOpen(permit.leaseId);
    return null;
  }

  async function specOf({ lease }: Workload): Promise<WorkloadSpec> {
    const { permit, run, command } = lease;
    const present = options.gpus();
    const missing = present === null ? undefined : permit.gpuUuids.find((uuid) => !present.has(uuid));
    if (missing !== undefined) {
      throw new WorkloadFailure('gpuMissing', `GPU ${missing} of this rental is not in the machine any more.`);
    }
    return {
      leaseId: permit.leaseId,
      run,
      image: permit.image,
      command,
      ...(permit.untilExit === true ? { untilExit: true } : {}),
      environment: await environmentOf(lease.sealedEnvironment, permit.leaseId, permit.machineId),
      gpuUuids: present === null ? [] : permit.gpuUuids,
      limits: {
        cpuMillis: permit.limits.cpuMillis,
        memoryBytes: Number(permit.limits.memoryBytes),
        pids: permit.limits.pids,
      },
      diskBytes: Number(permit.diskBytes),
      authorizedKeys: permit.authorizedKeys,
    };
  }

  async function environmentOf(sealed: string | null, leaseId: string, machineId: string) {
    if (sealed === null) return {};
    try {
      return environmentSchema.parse(JSON.parse(await options.keys.unseal(sealed, leaseId, machineId)));
    } catch {
      // The cause may quote what was sealed; it is nobody's to log.
      throw new WorkloadFailure(
        'startFailed',
        'The environment variables of this rental could not be opened on this machine.',
      );
    }
  }

  async function stop(workload: Workload): Promise<void> {
    const { leaseId } = workload.lease.permit;
    letGo(workload);
    await runtime.stop(leaseId, GRACE_SECONDS[workload.resting ? 'resting' : 'usual']);
    if (workload.container !== undefined) workload.container = { ...workload.container, running: false };
  }

  async function remove(workload: Workload): Promise<void> {
    const { leaseId } = workload.lease.permit;
    letGo(workload);
    await runtime.stop(leaseId, GRACE_SECONDS.usual);
    await runtime.remove(leaseId);
    workload.container = undefined;
  }

  /** Closes the ways in. */
  function letGo(workload: Workload): void {
    tunnels.drop(workload.lease.permit.leaseId);
    workload.attached = null;
    workload.open = false;
  }

  /** Lets go of a workload that runs and into which no gateway let anybody for long; null while there is hope. */
  function shutOut(workload: Workload): Fault | null {
    const waitedMs = workload.attached === null ? 0 : options.monotonic() - workload.attached.since;
    if (waitedMs < GATEWAY_PATIENCE_MS || isConnectable(workload) || workload.busy !== null) return null;
    const why = tunnels.problems(workload.lease.permit.leaseId).join(' ');
    letGo(workload);
    return { code: 'gatewayFailed', detail: `No gateway let renters in. ${why}`.trim() };
  }

  const steps = { pull, start, attach: start, stop, remove };
  return {
    letGo,
    shutOut,
    async run(workload: Workload, kind: Exclude<Action['kind'], 'abort'>): Promise<Fault | null> {
      workload.turns += 1;
      try {
        return (await steps[kind](workload)) ?? null;
      } catch (error) {
        if (error instanceof WorkloadFailure) {
          const { code, message: detail, onlyHere } = error;
          return { code, detail, ...(onlyHere ? { onlyHere } : {}) };
        }
        throw error instanceof Error ? error : new Error(messageOf(error));
      }
    },
  };
}
