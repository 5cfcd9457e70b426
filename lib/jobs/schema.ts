import * as z from 'zod';
import { ENVIRONMENT_MAX_NAMES } from '#lib/bookings/environment.ts';
import { MOST_SEVERAL } from '#lib/bookings/several.ts';
import { USUAL_DISK_BYTES } from '#lib/bookings/terms.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';

/** Micro-dollars: decimal text in JSON, so that no reader rounds them. */
const micros = z
  .string()
  .regex(/^\d{1,18}$/, 'Write an amount in micro-dollars as digits.')
  .transform((digits) => BigInt(digits));

const bytes = z
  .union([z.string().regex(/^\d{1,18}$/, 'Write a number of bytes as digits.'), z.int().nonnegative()])
  .transform((given) => BigInt(given));

const words = z.string().max(8_192);
const path = z.string().max(1_000).nullable().default(null);
const whole = (text: string) => z.int(text);

/** What is submitted; the idempotency key stands beside it (in the header of a request). */
export const submitJobsInput = z.object({
  name: z.string().max(1_000).nullish(),
  image: z.string().max(2_000),
  command: z.array(words).min(1, 'A job runs a command: write one.').max(1_000),
  environment: z
    .record(z.string().max(1_000), z.string().max(1_000_000))
    .refine((all) => Object.keys(all).length <= ENVIRONMENT_MAX_NAMES, 'Too many environment variables.')
    .default({}),
  /** How many jobs: each finds its own number, from 0, in SUBLET_ARRAY_INDEX. */
  size: whole('A number of jobs is a whole number.').default(1),
  /** How many machines one job takes, all at once. */
  machines: whole('A number of machines is a whole number.').default(1),
  gpuCount: whole('A number of GPUs is a whole number.').default(1),
  models: z.array(z.string().max(200)).max(50).default([]),
  vramGib: z.number().positive().max(10_000).nullable().default(null),
  regions: z.array(z.string().max(50)).max(50).default([]),
  leastTrust: z.enum(TRUST_TIERS).default('new'),
  maxPriceMicrosPerGpuHour: micros.nullable().default(null),
  diskBytes: bytes.prefault(USUAL_DISK_BYTES.toString()),
  /** The longest that one attempt may run: then it is stopped. */
  runSeconds: whole('A running time is a whole number of seconds.').default(3_600),
  deadline: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .nullable()
    .default(null),
  retries: whole('A number of retries is a whole number.').default(0),
  /** The most that one job may cost, all its attempts together. */
  capMicros: micros.nullable().default(null),
  artifactsPath: path,
  checkpointPath: path,
  /** Submits also what no machine of this market could run: it waits for one. */
  anyway: z.boolean().default(false),
});
export type SubmitJobsInput = z.output<typeof submitJobsInput> & {
  /** Chosen by the asker: the same key submits once. */
  readonly idempotencyKey: string;
};

const id = z.string().min(1).max(100);
export const jobIdInput = z.object({ jobId: id });
export type JobIdInput = z.output<typeof jobIdInput>;
export const arrayIdInput = z.object({ arrayId: id });
export type ArrayIdInput = z.output<typeof arrayIdInput>;

export const cancelSeveralInput = z.object({
  arrayIds: z.array(id).min(1, 'Choose at least one.').max(MOST_SEVERAL, `At most ${MOST_SEVERAL} at once.`),
});
export type CancelSeveralInput = z.output<typeof cancelSeveralInput>;
