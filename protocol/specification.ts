import * as z from 'zod/mini';
import { count, instant, sentence, word } from './words.ts';

const maybe = <T extends z.ZodMiniType>(type: T) => z.nullable(type);

/** One GPU as its driver reports it; null is "the driver does not say". Units: bytes, watts, degrees Celsius, percent. */
export const gpuSpecification = z.object({
  index: count,
  uuid: word,
  model: word,
  vramBytes: z.int().check(z.positive()),
  driverVersion: maybe(word),
  cudaVersion: maybe(word),
  pcieGeneration: maybe(count),
  pcieWidth: maybe(count),
  powerLimitWatts: maybe(z.number()),
  temperatureCelsius: maybe(z.number()),
  utilisationPercent: maybe(z.number()),
  ecc: maybe(z.boolean()),
  mig: maybe(z.boolean()),
  /** What it draws now. Agents from before it do not say this, nor what follows. */
  powerWatts: z.optional(maybe(z.number())),
  /** Errors of its memory that could not be corrected, over its whole life. */
  uncorrectedErrors: z.optional(maybe(count)),
  /** Pages or rows of its memory that were taken out of use because of such errors. */
  retiredPages: z.optional(maybe(count)),
});
export type GpuSpecification = z.infer<typeof gpuSpecification>;

/** What a machine is, as its agent measured or read it. Units stand in the names. */
export const specification = z.object({
  hostname: word,
  os: word,
  kernel: word,
  architecture: word,
  cpuModel: word,
  cpuThreads: z.int().check(z.positive()),
  memoryBytes: z.int().check(z.positive()),
  diskTotalBytes: count,
  diskFreeBytes: count,
  diskWriteBytesPerSecond: maybe(count),
  networkDownBitsPerSecond: maybe(count),
  networkUpBitsPerSecond: maybe(count),
  /** Null when there is no container runtime; then `problems` says why. */
  docker: maybe(
    z.object({ version: word, apiVersion: word, storageDriver: word, cgroupVersion: word, gpuRuntime: z.boolean() }),
  ),
  gpus: z.array(gpuSpecification).check(z.maxLength(64)),
  /** GPUs (or the whole machine) come from a recording: shown and returned with the word "simulated" everywhere. */
  simulated: z.boolean(),
  /** What the machine could not read or lacks, each a sentence with the way to mend it. */
  problems: z.array(sentence).check(z.maxLength(50)),
});
export type Specification = z.infer<typeof specification>;

/** One row of the agent's self-test: what was tried, how it went, and how to mend it. */
export const selfTestCheck = z.object({
  name: word,
  passed: z.boolean(),
  /** It passed, and yet something about it deserves a look: `fix` says what. Agents from before it do not say it. */
  warning: z.optional(z.boolean()),
  detail: sentence,
  /** The figure that was measured and what it should be, in words; null where there is none. */
  measured: z.optional(maybe(sentence)),
  wanted: z.optional(maybe(sentence)),
  fix: maybe(sentence),
});
export const selfTest = z.object({
  at: instant,
  passed: z.boolean(),
  checks: z.array(selfTestCheck).check(z.maxLength(50)),
  /** Which asking of the host it answers; not said of one that the agent ran by itself. */
  asked: z.optional(count),
});
export type SelfTest = z.infer<typeof selfTest>;
