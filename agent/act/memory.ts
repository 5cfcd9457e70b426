import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { PullProgress } from '../../protocol/agent.ts';
import type { Specification } from '../../protocol/specification.ts';
import { pretendedUsage } from '../simulate/load.ts';
import { parseReference } from './docker/reference.ts';
import { type ContainerRuntime, WorkloadFailure, type WorkloadSpec } from './runtime.ts';
import { newHostKey } from './shell/host-key.ts';
import { runScript } from './simulated-script.ts';
import { simulatedShell } from './simulated-shell.ts';

export type MemoryRuntimeOptions = {
  /** Lets simulated time pass; a test hands in one that it can step. */
  pace?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  now?: () => Date;
  /** What {@link ContainerRuntime.describe} answers; null says that there is no runtime. */
  docker?: Specification['docker'];
  /** Makes a chosen start or pull fail. */
  failure?: (spec: Pick<WorkloadSpec, 'image' | 'leaseId'>, step: 'pull' | 'start') => WorkloadFailure | null;
};

type Held = {
  run: number;
  running: boolean;
  exitCode: number | null;
  hostKey: string;
  keys: string[];
  printed: string;
  startedAt: number;
};

/** What only a runtime in memory can do: let a workload end as if by itself. */
export type MemoryRuntime = ContainerRuntime & {
  exit(leaseId: string, exitCode: number): void;
  authorizedKeys(leaseId: string): string[];
};

const STEP_MS = 250;
const BYTES_PER_SECOND = 120_000_000;
const DOCKER = {
  version: 'simulated',
  apiVersion: '1.41',
  storageDriver: 'memory',
  cgroupVersion: '2',
  gpuRuntime: true,
};

/** Layers as a real image of a few hundred megabytes has them; the same image always has the same. */
function layersOf(image: string): { id: string; bytes: number }[] {
  const digest = createHash('sha256').update(image).digest();
  return Array.from({ length: 3 + ((digest[0] ?? 0) % 4) }, (_, index) => ({
    id: createHash('sha256').update(`${image} ${index}`).digest('hex').slice(0, 12),
    bytes: 4_000_000 + (digest.readUInt32BE(4 + index * 4) % 90_000_000),
  }));
}

function progressAt(layers: { id: string; bytes: number }[], passed: number, bytesPerSecond: number): PullProgress {
  let left = passed;
  const shown = layers.map(({ id, bytes }) => {
    const bytesDone = Math.min(bytes, left);
    left -= bytesDone;
    const state =
      bytesDone === bytes ? ('done' as const) : bytesDone > 0 ? ('downloading' as const) : ('waiting' as const);
    return { id, state, bytesDone, bytesTotal: bytes };
  });
  const bytesTotal = layers.reduce((sum, { bytes }) => sum + bytes, 0);
  return { bytesDone: Math.min(passed, bytesTotal), bytesTotal, bytesPerSecond, layers: shown };
}

/**
 * A runtime for simulated hosts and tests: it keeps rentals in memory, pulls nothing, executes nothing, and its "shell"
 * tells whoever connects that the host is simulated.
 */
export function memoryRuntime(options: MemoryRuntimeOptions = {}): MemoryRuntime {
  const pace =
    options.pace ?? (async (ms, signal) => void (await wait(ms, undefined, { ref: false, ...(signal && { signal }) })));
  const now = options.now ?? (() => new Date());
  const held = new Map<string, Held>();
  const images = new Set<string>();
  const events = new EventEmitter().setMaxListeners(0);

  function failWhenAsked(spec: Pick<WorkloadSpec, 'image' | 'leaseId'>, step: 'pull' | 'start'): void {
    const failure = options.failure?.(spec, step) ?? null;
    if (failure !== null) throw failure;
  }

  function end(leaseId: string, exitCode: number): void {
    const workload = held.get(leaseId);
    if (workload?.running !== true) return;
    workload.running = false;
    workload.exitCode = exitCode;
    events.emit('exit', leaseId, exitCode);
  }

  /** Resolves when something is printed or ends, or the signal aborts. */
  async function heard(signal: AbortSignal | undefined): Promise<void> {
    const off = new AbortController();
    const both = signal === undefined ? off.signal : AbortSignal.any([off.signal, signal]);
    await Promise.race(['exit', 'print'].map((event) => once(events, event, { signal: both }))).catch(() => {});
    off.abort();
  }

  function print(workload: Held, text: string): void {
    workload.printed += text;
    events.emit('print');
  }

  /** Lets what runs a command to its end play it, in simulated time. */
  function play(spec: WorkloadSpec, workload: Held): void {
    const still = () => workload.running && held.get(spec.leaseId) === workload;
    void runScript(spec, {
      print: (text) => still() && print(workload, text),
      wait: async (ms) => {
        for (let passed = 0; passed < ms && still(); passed += STEP_MS) await pace(Math.min(STEP_MS, ms - passed));
        return still();
      },
    }).then((exitCode) => still() && end(spec.leaseId, exitCode));
  }

  return {
    name: 'memory',

    async describe() {
      const docker = options.docker === undefined ? DOCKER : options.docker;
      return { docker, problem: docker === null ? 'This simulated host has no container runtime.' : null };
    },

    async pull(spec, onProgress, signal) {
      signal.throwIfAborted();
      failWhenAsked(spec, 'pull');
      if (parseReference(spec.image) === null) {
        throw new WorkloadFailure(
          'imageNotFound',
          `"${spec.image.slice(0, 200)}" is not an image name. Write it like "ubuntu:24.04".`,
        );
      }
      if (images.has(spec.image)) return;
      const layers = layersOf(spec.image);
      const total = layers.reduce((sum, { bytes }) => sum + bytes, 0);
      for (let passed = 0; passed < total; passed += (BYTES_PER_SECOND * STEP_MS) / 1_000) {
        onProgress(progressAt(layers, passed, passed === 0 ? 0 : BYTES_PER_SECOND));
        await pace(STEP_MS, signal);
        signal.throwIfAborted();
      }
      images.add(spec.image);
      onProgress(progressAt(layers, total, BYTES_PER_SECOND));
    },

    async start(spec) {
      failWhenAsked(spec, 'start');
      const before = held.get(spec.leaseId);
      if (before?.running === true && before.run === spec.run) return { hostKey: before.hostKey };
      await pace(STEP_MS);
      const hostKey = before?.hostKey ?? newHostKey().publicLine;
      const line = `Simulated: "${spec.image}" would start here. Nothing is executed.\n`;
      const printed = `${before?.printed ?? ''}${line}`;
      const workload: Held = {
        run: spec.run,
        running: true,
        exitCode: null,
        hostKey,
        keys: spec.authorizedKeys,
        printed,
        startedAt: now().getTime(),
      };
      held.set(spec.leaseId, workload);
      if (spec.untilExit === true && spec.command !== null) play(spec, workload);
      return { hostKey };
    },

    async stop(leaseId) {
      end(leaseId, 143);
    },

    async remove(leaseId) {
      end(leaseId, 137);
      held.delete(leaseId);
      events.emit('exit', leaseId, null);
    },

    async list() {
      return [...held].map(([leaseId, { run, running, exitCode, hostKey }]) => ({
        leaseId,
        run,
        running,
        exitCode,
        hostKey,
      }));
    },

    async connect(leaseId) {
      if (held.get(leaseId)?.running !== true) {
        throw new WorkloadFailure('shellFailed', 'The container of this booking is not running.');
      }
      return simulatedShell();
    },

    async *logs(leaseId, fromOffset, signal) {
      for (let offset = fromOffset; ; ) {
        const printed = Buffer.from(held.get(leaseId)?.printed ?? '').subarray(offset);
        if (printed.length > 0) yield { offset, at: now(), stream: 'agent', text: printed.toString('utf8') };
        offset += printed.length;
        const workload = held.get(leaseId);
        if (workload?.running !== true || signal?.aborted === true) {
          if (Buffer.byteLength(workload?.printed ?? '') <= offset || signal?.aborted === true) return;
        } else if (Buffer.byteLength(workload.printed) <= offset) {
          await heard(signal);
        }
      }
    },

    async usage(leaseId) {
      const workload = held.get(leaseId);
      if (workload?.running !== true) return null;
      return pretendedUsage(leaseId, Math.max(0, now().getTime() - workload.startedAt) / 1_000);
    },

    async warn(leaseId, { sentence }) {
      const workload = held.get(leaseId);
      if (workload?.running === true) workload.printed += `${sentence}\n`;
    },

    async updateKeys(leaseId, authorizedKeys) {
      const workload = held.get(leaseId);
      if (workload !== undefined) workload.keys = authorizedKeys;
    },

    watch(onExit) {
      const listener = (leaseId: string, exitCode: number | null) => {
        if (exitCode !== null) onExit(leaseId, exitCode);
      };
      events.on('exit', listener);
      return () => events.off('exit', listener);
    },

    exit: end,
    authorizedKeys: (leaseId) => held.get(leaseId)?.keys ?? [],
  };
}
