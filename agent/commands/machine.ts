import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import * as z from 'zod/mini';
import { SAMPLE_SECONDS } from '../../protocol/metrics.ts';
import type { Specification } from '../../protocol/specification.ts';
import { dockerRuntime } from '../act/docker/runtime.ts';
import type { ContainerRuntime } from '../act/runtime.ts';
import { systemClock } from '../clock.ts';
import { writePrivateFile } from '../io/files.ts';
import { type Keys, keysOf } from '../io/identity.ts';
import type { Log } from '../log.ts';
import { measureDiskWrite } from '../probes/disk-speed.ts';
import { type GpuSampler, nvidiaSampler } from '../probes/gpu-sampler.ts';
import { measureDownload } from '../probes/network-speed.ts';
import { type GpuSource, readGpus, readSpecification, type Speeds } from '../probes/specification.ts';
import { pretendedSampler } from '../simulate/load.ts';
import { BUILT_IN_RECORDING } from '../simulate/recording.ts';

export type MachineOptions = {
  dir: string;
  market: string;
  /** Marks this machine's containers on the engine. */
  machineId: string;
  gpuSource: GpuSource;
  toolsDirectory: string;
};

/** The machine that the agent stands on. */
export type Machine = {
  keys: Keys;
  docker: Docker;
  runtime: ContainerRuntime;
  describe: () => Promise<Specification>;
  /** Runs nothing until it is wanted. */
  gpuSampler: (log: Log) => GpuSampler;
};

const MEASURE_AGAIN_MS = 24 * 3_600_000;
const maybe = z.nullable(z.number());
const keptSpeeds = z.object({
  at: z.number(),
  diskWriteBytesPerSecond: maybe,
  networkDownBitsPerSecond: maybe,
  networkUpBitsPerSecond: maybe,
});

/** Puts the real parts together. Measures disk and network once a day, which takes a few seconds then. */
export async function thisMachine(options: MachineOptions): Promise<Machine> {
  const { dir, machineId, toolsDirectory } = options;
  const keys = keysOf(dir);
  const docker = new Docker();
  const { simulated, gpuSource } = await settledSource(options, keys.signingKey);
  const probing = { gpuSource, machineKey: keys.signingKey, folder: dir };
  const gpus = simulated ? 'simulated' : 'nvidia';
  const runtime = dockerRuntime({ docker, market: machineId, stateDirectory: dir, toolsDirectory, gpus });
  const speeds = await speedsOf(dir, options.market);
  const pretended = simulated ? (await readGpus({ ...probing, runtime: NO_RUNTIME })).gpus : [];
  const gpuSampler = (log: Log) =>
    simulated
      ? pretendedSampler(() => pretended, systemClock.wall)
      : nvidiaSampler({ log, everyMs: SAMPLE_SECONDS * 1_000 });
  return { keys, docker, runtime, gpuSampler, describe: () => readSpecification({ ...probing, runtime }, speeds) };
}

/** Whether GPUs are pretended is settled once: a driver that hangs later must not turn real GPUs into simulated ones. */
async function settledSource({ dir, gpuSource }: MachineOptions, machineKey: string) {
  const { simulated } = await readGpus({ gpuSource, machineKey, folder: dir, runtime: NO_RUNTIME });
  if (gpuSource.kind !== 'driverElseRecording') return { simulated, gpuSource };
  const settled: GpuSource = simulated ? { kind: 'recording', xml: BUILT_IN_RECORDING } : { kind: 'driver' };
  return { simulated, gpuSource: settled };
}

const NO_RUNTIME = { describe: async () => ({ docker: null, problem: null }) };

async function speedsOf(dir: string, market: string): Promise<Speeds> {
  const path = join(dir, 'speeds.json');
  try {
    const { at, ...kept } = keptSpeeds.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (Math.abs(Date.now() - at) < MEASURE_AGAIN_MS) return kept;
  } catch {
    // Not measured yet, or not readable: measuring again costs seconds only.
  }
  const speeds: Speeds = {
    diskWriteBytesPerSecond: await measureDiskWrite(dir),
    networkDownBitsPerSecond: await measureDownload(`${market}/downloads/tools-${process.arch}.tar.gz`),
    // Nothing that the market offers measures this honestly.
    networkUpBitsPerSecond: null,
  };
  writePrivateFile(path, `${JSON.stringify({ at: Date.now(), ...speeds })}\n`);
  return speeds;
}
