import * as z from 'zod/mini';
import { instant, version, word } from './words.ts';

/** An agent looks at what its rentals use once in so many seconds. */
export const SAMPLE_SECONDS = 5;
/** What a GPU does while nobody rents it is told once in so many seconds, and stands for them. */
export const UNRENTED_SAMPLE_SECONDS = 30;
/** At most so many samples in one message. */
export const SAMPLES_AT_ONCE = 500;

/** A figure that the machine may not be able to say; one beyond every machine of our days is a mistake. */
const figure = (least: number, most: number) => z.nullable(z.number().check(z.gte(least), z.lte(most)));
const whole = (most: number) => z.nullable(z.int().check(z.gte(0), z.lte(most)));

/** One GPU of a rental, as its driver tells it. */
export const gpuSample = z.object({
  uuid: word,
  utilisationPercent: figure(0, 100),
  memoryUsedBytes: whole(2 ** 44),
  powerWatts: figure(0, 10_000),
  temperatureCelsius: figure(-50, 200),
});
export type GpuSample = z.infer<typeof gpuSample>;

const usage = {
  /** Thousandths of a CPU thread that were busy since the sample before, as `cpuMillis` of a lease's limits. */
  cpuMillis: whole(10_000_000),
  /** Held by its processes; what the kernel only caches of files is not counted. */
  memoryBytes: whole(2 ** 50),
  diskReadBytesPerSecond: whole(10 ** 12),
  diskWriteBytesPerSecond: whole(10 ** 12),
  networkDownBitsPerSecond: whole(10 ** 13),
  networkUpBitsPerSecond: whole(10 ** 13),
};

/** What a rental used in the seconds before `at`. `gpus` in the order of its permit. Null: the machine does not say. */
export const sample = z.object({
  leaseId: word,
  at: instant,
  gpus: z.array(gpuSample).check(z.maxLength(64)),
  ...usage,
  /** TCP ports on which its programs listen. Left out or null: the machine does not say. */
  listeningPorts: z.optional(z.nullable(z.array(z.int().check(z.gte(1), z.lte(65_535))).check(z.maxLength(64)))),
});
export type Sample = z.infer<typeof sample>;

/** What the GPUs that nobody rented did at `at`: the health of a machine. A market that is older does not read it. */
export const unrentedSample = z.object({ at: instant, gpus: z.array(gpuSample).check(z.maxLength(64)) });
export type UnrentedSample = z.infer<typeof unrentedSample>;

/** `POST /api/agent/v1/metrics`: what rentals used, oldest first. A sample that was sent before is kept once. */
export const metricsRequest = z.object({
  protocol: version,
  samples: z.array(sample).check(z.maxLength(SAMPLES_AT_ONCE)),
  unrented: z.optional(z.array(unrentedSample).check(z.maxLength(SAMPLES_AT_ONCE))),
});
export type MetricsRequest = z.infer<typeof metricsRequest>;
