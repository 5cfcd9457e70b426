import { existsSync } from 'node:fs';
import type { GpuSpecification, Specification } from '../../protocol/specification.ts';
import type { ContainerRuntime } from '../act/runtime.ts';
import { messageOf } from '../log.ts';
import { simulatedGpus } from '../simulate/gpus.ts';
import { BUILT_IN_RECORDING } from '../simulate/recording.ts';
import { ProbeFailure } from './failure.ts';
import { readDisk, readHost } from './host.ts';
import { type GpuReading, parseNvidiaSmi } from './nvidia-smi.ts';
import { runNvidiaSmi } from './run-nvidia-smi.ts';

/** Where GPUs come from: the driver, a recording, or a recording only where the driver has none. */
export type GpuSource = { kind: 'driver' } | { kind: 'recording'; xml: string } | { kind: 'driverElseRecording' };

export type ProbeOptions = {
  runtime: Pick<ContainerRuntime, 'describe'>;
  gpuSource: GpuSource;
  /** The machine's raw signing key: what simulated GPUs are named after. */
  machineKey: string;
  /** The folder whose disk renters use. */
  folder: string;
  nvidiaSmi?: string;
  nvidiaSmiTimeoutMs?: number;
};

/** What was measured once, because measuring costs. Null: unknown. */
export type Speeds = Pick<
  Specification,
  'diskWriteBytesPerSecond' | 'networkDownBitsPerSecond' | 'networkUpBitsPerSecond'
>;

export const UNKNOWN_SPEEDS: Speeds = {
  diskWriteBytesPerSecond: null,
  networkDownBitsPerSecond: null,
  networkUpBitsPerSecond: null,
};

/** Reads the machine. What cannot be read is null and a sentence among the problems; it never rejects. */
export async function readSpecification(options: ProbeOptions, speeds: Speeds): Promise<Specification> {
  const [gpus, engine] = await Promise.all([readGpus(options), describe(options.runtime)]);
  const problems = [...gpus.problems, ...(engine.problem === null ? [] : [engine.problem])];
  const real = gpus.gpus.length > 0 && !gpus.simulated;
  if (real && engine.docker !== null && !engine.docker.gpuRuntime) {
    problems.push(
      'Docker cannot hand GPUs to containers. Install the NVIDIA Container Toolkit, run "nvidia-ctk runtime configure --runtime=docker" and restart Docker.',
    );
  }
  return {
    ...readHost(),
    ...diskOf(options.folder),
    ...speeds,
    docker: engine.docker,
    gpus: gpus.gpus,
    simulated: gpus.simulated,
    problems: problems.slice(0, 50).map((problem) => problem.slice(0, 2_000)),
  };
}

/** GPUs, and whether they are pretended. Never rejects. */
export async function readGpus(options: ProbeOptions): Promise<GpuReading & { simulated: boolean }> {
  const { gpuSource, machineKey } = options;
  try {
    if (gpuSource.kind === 'recording') return { ...simulatedGpus(gpuSource.xml, machineKey), simulated: true };
    const xml = await runNvidiaSmi(options.nvidiaSmi, options.nvidiaSmiTimeoutMs);
    const reading = parseNvidiaSmi(xml);
    if (reading.gpus.length > 0 || gpuSource.kind === 'driver') return { ...reading, simulated: false };
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    if (gpuSource.kind !== 'driverElseRecording') {
      return { gpus: [], problems: [error.message, ...otherMakers()], simulated: gpuSource.kind === 'recording' };
    }
  }
  return { ...simulatedGpus(BUILT_IN_RECORDING, machineKey), simulated: true };
}

async function describe(runtime: Pick<ContainerRuntime, 'describe'>) {
  try {
    return await runtime.describe();
  } catch (error) {
    return { docker: null, problem: `The container runtime cannot be asked: ${messageOf(error)}.` };
  }
}

function diskOf(folder: string): { diskTotalBytes: number; diskFreeBytes: number } {
  try {
    return readDisk(folder);
  } catch {
    return { diskTotalBytes: 0, diskFreeBytes: 0 };
  }
}

function otherMakers(): string[] {
  return existsSync('/dev/kfd') ? ['There is an AMD GPU in this machine; only NVIDIA GPUs can be offered so far.'] : [];
}

/** What must change for the market to hear of it at once: not temperatures, loads and free bytes. */
export function withoutLiveFigures(specification: Specification): unknown {
  const { diskFreeBytes: _free, gpus, ...rest } = specification;
  return {
    ...rest,
    gpus: gpus.map(
      ({ temperatureCelsius: _t, utilisationPercent: _u, powerWatts: _p, ...gpu }: GpuSpecification) => gpu,
    ),
  };
}
