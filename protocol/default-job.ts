import * as z from 'zod/mini';
import { count, sentence, version, word } from './words.ts';

/**
 * What a machine runs for its host on GPUs that nobody rents, signed by the market like a lease. It is no rental: nobody pays for
 * it, nobody can log in to it, and any rental that gets one of its GPUs puts it out at once.
 */
export const defaultJob = z.object({
  v: version,
  machineId: word,
  /** A later revision replaces an earlier one; an agent does not go back. */
  revision: count,
  image: z.string().check(z.maxLength(500)),
  command: z.nullable(z.array(z.string().check(z.maxLength(8_192))).check(z.maxLength(100))),
});
export type DefaultJob = z.infer<typeof defaultJob>;

/** How a machine's default job is: `waiting` while all of its GPUs are rented, or about to be. */
export const DEFAULT_JOB_STATES = ['waiting', 'pulling', 'running', 'ended', 'failed'] as const;
export type DefaultJobState = (typeof DEFAULT_JOB_STATES)[number];

export const defaultJobReport = z.object({
  revision: count,
  state: z.enum(DEFAULT_JOB_STATES),
  detail: z.nullable(sentence),
});
export type DefaultJobReport = z.infer<typeof defaultJobReport>;
