import { createHash } from 'node:crypto';
import { ProbeFailure } from '../probes/failure.ts';
import { type GpuReading, parseNvidiaSmi } from '../probes/nvidia-smi.ts';

/**
 * GPUs from a recording of `nvidia-smi -q -x`, for a machine that has none. Two machines with one recording must not claim
 * the same physical cards, so each UUID is made anew from the recorded one and the machine's public key.
 */
export function simulatedGpus(recording: string, machineKey: string): GpuReading {
  const { gpus, problems } = read(recording);
  if (gpus.length === 0) {
    throw new ProbeFailure('The recording has no GPU in it. Record one with: nvidia-smi -q -x > gpu.xml');
  }
  return { gpus: gpus.map((gpu) => ({ ...gpu, uuid: uuidFor(gpu.uuid, machineKey) })), problems };
}

function read(recording: string): GpuReading {
  try {
    return parseNvidiaSmi(recording);
  } catch {
    throw new ProbeFailure(
      'The recording is not what "nvidia-smi -q -x" prints. Record it with: nvidia-smi -q -x > gpu.xml',
    );
  }
}

function uuidFor(recorded: string, machineKey: string): string {
  const hex = createHash('sha256').update(`${machineKey}\n${recorded}`).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return `GPU-${parts.join('-')}`;
}
