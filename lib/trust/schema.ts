import * as z from 'zod';
import type { CaseFacts } from '#lib/desk/case.ts';
import { seenFacts } from '#lib/desk/schema.ts';
import { ABOUTS, MOST_CHARACTERS, OUTCOMES } from './dispute.ts';
import { MOVES } from './dispute-move.ts';
import { MOST_EVIDENCE_CHARACTERS, MOST_TITLE_CHARACTERS } from './evidence.ts';
import { MOST_FILE_BYTES } from './evidence-file.ts';
import { REPORT_CAUSES, REPORT_OUTCOMES } from './report.ts';
import { MESSAGE_CHARACTERS, REPORT_CHARACTERS } from './thread.ts';

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

/** A file of the side that moves, as base64: PNG, JPEG, WebP or plain text. */
const file = z
  .object({ name: z.string().max(1_000), base64: z.base64('Send the bytes as base64.').max(MOST_FILE_BYTES * 2) })
  .transform(({ name, base64 }) => ({ name, bytes: Uint8Array.from(Buffer.from(base64, 'base64')) }))
  .nullable()
  .optional();

export const openDisputeInput = z.object({
  /** Null contests all that can be contested. */
  amountMicros: micros.nullable().default(null),
  about: z.enum(ABOUTS).optional(),
  reason: words,
  evidence,
  file,
});
export type OpenDisputeInput = z.output<typeof openDisputeInput> & { readonly bookingId: string };

export const moveDisputeInput = z.object({
  move: z.enum(MOVES),
  /** For `offer`: what the host offers, or the renter asks for. */
  amountMicros: micros.nullable().default(null),
  text: words.default(''),
  evidence,
  file,
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

export const sendMessageInput = z.object({ text: z.string().max(4 * MESSAGE_CHARACTERS) });
export type SendMessageInput = z.output<typeof sendMessageInput> & {
  readonly bookingId: string;
  readonly idempotencyKey: string;
};

export const readThreadInput = z.object({
  /** The last message that was seen. */
  upTo: z.string().max(64),
});
export type ReadThreadInput = z.output<typeof readThreadInput> & { readonly bookingId: string };

export const reportMessageInput = z.object({ reason: z.string().max(4 * REPORT_CHARACTERS) });
export type ReportMessageInput = z.output<typeof reportMessageInput> & { readonly messageId: string };

export const openThreadInput = z.object({ reason: z.string().max(4 * REPORT_CHARACTERS) });
export type OpenThreadInput = z.output<typeof openThreadInput> & { readonly bookingId: string };

export const closeReportInput = z.object({
  /** What came of it; whoever reported it reads that, and its author when they are warned. */
  outcome: z.string().max(4 * REPORT_CHARACTERS),
  warns: z.boolean().optional(),
  seen: seenFacts,
});
export type CloseReportInput = Seen<z.output<typeof closeReportInput>> & { readonly reportId: string };
type Seen<Input> = Omit<Input, 'seen'> & { readonly seen?: CaseFacts | undefined };

export const reportListingInput = z.object({
  listingId: z.string().min(1).max(64),
  cause: z.enum(REPORT_CAUSES, 'Choose what it is about.'),
  text: words,
});
export type ReportListingInput = z.output<typeof reportListingInput>;

export const decideReportInput = z.object({
  reportId: z.string().min(1).max(64),
  outcome: z.enum(REPORT_OUTCOMES, 'Choose an outcome.'),
  reason: words,
  seen: seenFacts,
});
export type DecideReportInput = Seen<z.output<typeof decideReportInput>>;

export const decideFlagInput = z.object({
  flagId: z.string().min(1).max(64),
  outcome: z.enum(['clear', 'suspend'], 'Choose an outcome.'),
  reason: words,
  seen: seenFacts,
});
export type DecideFlagInput = Seen<z.output<typeof decideFlagInput>>;
