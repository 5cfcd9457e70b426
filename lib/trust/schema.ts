import * as z from 'zod';
import type { CaseFacts } from '#lib/desk/case.ts';
import { seenFacts } from '#lib/desk/schema.ts';
import { ABOUTS, MOST_CHARACTERS, OUTCOMES } from './dispute.ts';
import { MOVES } from './dispute-move.ts';
import { MOST_EVIDENCE_CHARACTERS, MOST_TITLE_CHARACTERS } from './evidence.ts';

/** Micro-dollars: decimal text in JSON, so that no reader rounds them. */
const micros = z
  .string()
  .regex(/^\d{1,18}$/, 'Write an amount in micro-dollars as digits.')
  .transform((digits) => BigInt(digits));
const words = z.string().max(4 * MOST_CHARACTERS);
/** One piece of evidence of the side that moves: text, like the output of a program. */
const evidence = z
  .object({ title: z.string().max(4 * MOST_TITLE_CHARACTERS), text: z.string().max(4 * MOST_EVIDENCE_CHARACTERS) })
  .nullable()
  .optional();

export const openDisputeInput = z.object({
  /** Null contests all that can be contested. */
  amountMicros: micros.nullable().default(null),
  about: z.enum(ABOUTS).optional(),
  reason: words,
  evidence,
});
export type OpenDisputeInput = z.output<typeof openDisputeInput> & { readonly bookingId: string };

export const moveDisputeInput = z.object({
  move: z.enum(MOVES),
  /** For `offer`: what the host offers, or the renter asks for. */
  amountMicros: micros.nullable().default(null),
  text: words.default(''),
  evidence,
  /** How many moves the asker saw: accepting is refused where there are more. */
  seen: z.int().min(0).optional(),
});
export type MoveDisputeInput = z.output<typeof moveDisputeInput> & { readonly disputeId: string };

export const decideDisputeInput = z.object({
  outcome: z.enum(OUTCOMES),
  /** What the renter gets back, for `part`. */
  partMicros: micros.nullable().default(null),
  reason: words,
  seen: seenFacts,
});
export type DecideDisputeInput = Omit<z.output<typeof decideDisputeInput>, 'seen'> & {
  readonly seen?: CaseFacts | undefined;
} & { readonly disputeId: string };
