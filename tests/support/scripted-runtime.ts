import { PassThrough } from 'node:stream';
import type { ContainerRuntime, ExistingWorkload, LogPiece, OnExit, Usage, WorkloadSpec } from '#agent/act/runtime.ts';
import { WorkloadFailure } from '#agent/act/runtime.ts';

/**
 * A container runtime whose every turn the test decides. What it runs outlives the agents that use it, as real containers
 * do; `calls` says what was asked of it, in order.
 */
export function scriptedRuntime() {
  const containers = new Map<string, ExistingWorkload>();
  const specs = new Map<string, WorkloadSpec>();
  const calls: string[] = [];
  const watchers = new Set<OnExit>();
  const script: {
    pull: () => Promise<void>;
    start: () => Promise<void>;
    list: () => Promise<void>;
    logs: LogPiece[];
    usage: Usage;
  } = {
    pull: async () => undefined,
    start: async () => undefined,
    list: async () => undefined,
    logs: [],
    usage: {
      cpuMicroseconds: 0,
      memoryBytes: 0,
      diskReadBytes: 0,
      diskWrittenBytes: 0,
      networkReceivedBytes: 0,
      networkSentBytes: 0,
    },
  };

  const runtime: ContainerRuntime = {
    name: 'memory',
    describe: async () => ({
      docker: { version: '28', apiVersion: '1.50', storageDriver: 'overlay2', cgroupVersion: '2', gpuRuntime: true },
      problem: null,
    }),
    async pull({ leaseId }, onProgress, signal) {
      calls.push(`pull ${leaseId}`);
      onProgress({ bytesDone: 1, bytesTotal: 2, bytesPerSecond: 1, layers: [] });
      await Promise.race([
        script.pull(),
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
      ]);
    },
    async start(spec) {
      const { leaseId, run } = spec;
      const adopts = containers.get(leaseId)?.running === true && containers.get(leaseId)?.run === run;
      calls.push(`${adopts ? 'adopt' : 'start'} ${leaseId}`);
      await script.start();
      specs.set(leaseId, spec);
      containers.set(leaseId, { leaseId, run, running: true, exitCode: null, hostKey: `ssh-ed25519 ${leaseId}` });
      return { hostKey: `ssh-ed25519 ${leaseId}` };
    },
    async stop(leaseId) {
      calls.push(`stop ${leaseId}`);
      const container = containers.get(leaseId);
      if (container !== undefined) containers.set(leaseId, { ...container, running: false, exitCode: 137 });
      for (const watcher of watchers) watcher(leaseId, 137);
    },
    async remove(leaseId) {
      calls.push(`remove ${leaseId}`);
      containers.delete(leaseId);
    },
    async list() {
      await script.list();
      return [...containers.values()];
    },
    async connect(leaseId) {
      if (containers.get(leaseId)?.running === true) return new PassThrough();
      throw new WorkloadFailure('shellFailed', 'nothing runs');
    },
    async *logs(_, fromOffset) {
      yield* script.logs.filter(({ offset }) => offset >= fromOffset);
    },
    usage: async (leaseId) => (containers.get(leaseId)?.running === true ? script.usage : null),
    async warn(leaseId, { endsAt, signal }) {
      calls.push(`warn ${leaseId} ${endsAt?.toISOString() ?? 'none'}${signal ? ' signal' : ''}`);
    },
    async updateKeys(leaseId, keys) {
      calls.push(`keys ${leaseId} ${keys.join(',')}`);
    },
    watch(onExit) {
      watchers.add(onExit);
      return () => watchers.delete(onExit);
    },
  };
  return {
    runtime,
    containers,
    specs,
    calls,
    script,
    /** The workload ends by itself, or is `ended` with its runtime. */
    exit(leaseId: string, exitCode: number, ended = false) {
      const container = containers.get(leaseId);
      const how = { running: false, exitCode, ...(ended ? { ended: true as const } : {}) };
      if (container !== undefined) containers.set(leaseId, { ...container, ...how });
      for (const watcher of watchers) watcher(leaseId, exitCode, ended);
    },
  };
}

export type ScriptedRuntime = ReturnType<typeof scriptedRuntime>;
