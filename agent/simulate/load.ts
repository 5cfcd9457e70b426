import { createHash } from 'node:crypto';
import type { Usage } from '../act/runtime.ts';
import type { GpuLoad } from '../probes/gpu-line.ts';
import type { GpuSampler } from '../probes/gpu-sampler.ts';

/** A GPU that does not exist. */
export type PretendedGpu = { uuid: string; vramBytes: number; powerLimitWatts: number | null };

/** A number in [0, 1) for each whole step; the same seed walks the same way on every machine. */
function step(seed: string, index: number): number {
  return createHash('sha256').update(`${seed} ${index}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** A smooth walk through one such number every `periodSeconds`. */
function walk(seed: string, seconds: number, periodSeconds: number): number {
  const place = seconds / periodSeconds;
  const index = Math.floor(place);
  const part = place - index;
  const eased = part * part * (3 - 2 * part);
  return step(seed, index) * (1 - eased) + step(seed, index + 1) * eased;
}

/** How busy a pretended GPU is, 0 to 1: long stretches of work with dips between batches, and now and then a rest. */
function busy(seed: string, seconds: number): number {
  const effort = walk(`${seed} effort`, seconds, 1_200);
  if (effort < 0.15) return 0.02 * walk(`${seed} rest`, seconds, 20);
  const steady = 0.55 + 0.45 * Math.min(1, effort * 1.4);
  return Math.max(0, Math.min(1, steady - 0.25 * walk(`${seed} dips`, seconds, 15) ** 3));
}

/** What a pretended GPU would show at an instant (milliseconds since 1970): seeded by its UUID, so that nothing jumps when the agent restarts. */
export function pretendedLoad(gpu: PretendedGpu, now: number): GpuLoad {
  const seconds = now / 1_000;
  const load = busy(gpu.uuid, seconds);
  const limit = gpu.powerLimitWatts ?? 300;
  // Heat follows work slowly.
  const warmth = [0, 20, 40, 60].reduce((sum, ago) => sum + busy(gpu.uuid, seconds - ago), 0) / 4;
  const filled = 0.25 + 0.65 * step(`${gpu.uuid} model`, Math.floor(seconds / 3_600));
  return {
    uuid: gpu.uuid,
    utilisationPercent: Math.round(load * 100),
    memoryUsedBytes: Math.round(gpu.vramBytes * Math.min(0.97, filled + 0.02 * load)),
    powerWatts: Math.round(limit * (0.12 + 0.83 * load) * 10) / 10,
    temperatureCelsius: Math.round(33 + 42 * warmth),
  };
}

/** What a pretended GPU would show while nobody rents it. */
export function pretendedRest(gpu: PretendedGpu, now: number): GpuLoad {
  const seconds = now / 1_000;
  const limit = gpu.powerLimitWatts ?? 300;
  return {
    uuid: gpu.uuid,
    utilisationPercent: 0,
    memoryUsedBytes: 2 ** 20 * Math.round(2 + 8 * step(`${gpu.uuid} driver`, 0)),
    powerWatts: Math.round(limit * (0.05 + 0.02 * walk(`${gpu.uuid} rest`, seconds, 120)) * 10) / 10,
    temperatureCelsius: Math.round(29 + 6 * walk(`${gpu.uuid} room`, seconds, 3_600)),
  };
}

/** Stands in for nvidia-smi where the GPUs are simulated. */
export function pretendedSampler(gpus: () => readonly PretendedGpu[], now: () => number): GpuSampler {
  return {
    want: () => undefined,
    latest: (rented) =>
      new Map(
        gpus().map((gpu) => {
          const works = rented?.has(gpu.uuid) === true;
          return [gpu.uuid, works ? pretendedLoad(gpu, now()) : pretendedRest(gpu, now())];
        }),
      ),
    close: () => undefined,
  };
}

/** A count that grows by `mean` a second, in waves, and never falls. */
function count(seconds: number, mean: number, wave: number): number {
  // Its rate is mean × (1 + 0.7 sin): between 0.3 and 1.7 of the mean.
  return Math.floor(mean * (seconds + 0.7 * wave * (1 - Math.cos(seconds / wave))));
}

/** What a rental that executes nothing would have used after so many seconds. */
export function pretendedUsage(seed: string, seconds: number): Usage {
  const size = 0.5 + step(`${seed} size`, 0);
  return {
    cpuMicroseconds: count(seconds, 1_400_000 * size, 37),
    memoryBytes: Math.floor(2 ** 30 * size * (2 + 3 * walk(`${seed} memory`, seconds, 300))),
    diskReadBytes: count(seconds, 24_000_000 * size, 53),
    diskWrittenBytes: count(seconds, 3_000_000 * size, 71),
    networkReceivedBytes: count(seconds, 1_500_000 * size, 29),
    networkSentBytes: count(seconds, 200_000 * size, 43),
  };
}
