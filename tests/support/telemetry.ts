import { addSeconds } from '#lib/base/time.ts';
import type { Sample } from '#protocol/metrics.ts';

/** A sample of one GPU at work, as an agent sends it. */
export function sampleAt(leaseId: string, at: Date, change: Partial<Sample> = {}): Sample {
  return {
    leaseId,
    at: at.toISOString(),
    gpus: [
      {
        uuid: 'GPU-1',
        utilisationPercent: 90,
        memoryUsedBytes: 20 * 2 ** 30,
        powerWatts: 300.5,
        temperatureCelsius: 61,
      },
    ],
    cpuMillis: 1_500,
    memoryBytes: 4 * 2 ** 30,
    diskReadBytesPerSecond: 10,
    diskWriteBytesPerSecond: 20,
    networkDownBitsPerSecond: 30,
    networkUpBitsPerSecond: 40,
    ...change,
  };
}

/** Samples every five seconds before `end`, oldest first; `load` gives the GPU's utilisation of each, null for none at all. */
export function samplesBefore(
  leaseId: string,
  end: Date,
  count: number,
  load: (index: number) => number | null = () => 90,
): Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const sample = sampleAt(leaseId, addSeconds(end, (index - count) * 5));
    return { ...sample, gpus: sample.gpus.map((gpu) => ({ ...gpu, utilisationPercent: load(index) })) };
  });
}
