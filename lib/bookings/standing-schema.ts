import * as z from 'zod';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { ENVIRONMENT_MAX_NAMES } from './environment.ts';
import { STANDING_MODES } from './standing-request.ts';

const micros = z
  .string()
  .regex(/^\d{1,18}$/, 'Write an amount in micro-dollars as digits.')
  .transform((digits) => BigInt(digits));
const bytes = z
  .union([z.string().regex(/^\d{1,18}$/, 'Write a number of bytes as digits.'), z.int().nonnegative()])
  .transform((given) => BigInt(given));
const id = z.string().min(1).max(100);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What is wished for, without what is to run. */
export const standingWishInput = z.object({
  models: z.array(z.string().max(200)).max(40).default([]),
  vramGib: z.number().nullable().default(null),
  gpuCount: z.number().default(1),
  diskBytes: bytes,
  regions: z.array(z.string().max(30)).max(100).default([]).meta({
    description: 'europe, northAmerica, southAmerica, asia, africa, oceania, or codes of countries (ISO 3166)',
  }),
  trust: z.enum(TRUST_TIERS).default('selfTested'),
  leastReliabilityBasisPoints: z.number().nullable().default(null),
  realOnly: z.boolean().default(false),
  maxPriceMicrosPerGpuHour: micros,
  durationSeconds: z.number(),
  finishBy: instant.meta({ description: 'The whole rental ends by then' }),
  capMicros: micros
    .nullable()
    .default(null)
    .meta({ description: 'The most that the rental may cost with its disk; made from the price limit when left out' }),
});
export type StandingWishInput = z.output<typeof standingWishInput>;

export const makeStandingInput = standingWishInput.extend({
  mode: z.enum(STANDING_MODES),
  image: z.string().max(2_000),
  name: z.string().max(1_000).nullish(),
  command: z.array(z.string().max(8_192)).max(1_000).nullable().default(null),
});
export type MakeStandingInput = z.output<typeof makeStandingInput> & {
  /** Chosen by the asker: the same key makes one request. */
  readonly idempotencyKey: string;
};

/** What is left out stays as it is; a cap of null is made from the price again. */
export const standingChangeInput = z
  .object({
    maxPriceMicrosPerGpuHour: micros.optional(),
    capMicros: micros.nullable().optional(),
    regions: z.array(z.string().max(30)).max(100).optional(),
    finishBy: instant.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Say what is to change.');
export type EditStandingInput = z.output<typeof standingChangeInput> & StandingIdInput;

export const standingIdInput = z.object({ requestId: id });
export type StandingIdInput = z.output<typeof standingIdInput>;

export const answerRequestInput = z.object({
  machineId: id,
  priceMicrosPerGpuHour: micros,
  /** For how long the price holds. */
  holdsSeconds: z.number().default(86_400),
});
export type AnswerRequestInput = z.output<typeof answerRequestInput> & StandingIdInput;

export const answerIdInput = z.object({ answerId: id });
export type AnswerIdInput = z.output<typeof answerIdInput>;

export const acceptAnswerInput = z.object({
  /** Sealed to the machine of the answer. */
  environment: z
    .record(z.string().max(1_000), z.string().max(1_000_000))
    .refine((all) => Object.keys(all).length <= ENVIRONMENT_MAX_NAMES, 'Too many environment variables.')
    .default({}),
});
export type AcceptAnswerInput = z.output<typeof acceptAnswerInput> & AnswerIdInput;
