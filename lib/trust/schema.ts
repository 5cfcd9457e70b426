import * as z from 'zod';
import type { CaseFacts } from '#lib/desk/case.ts';
import { seenFacts } from '#lib/desk/schema.ts';
import { MOST_CHARACTERS, OUTCOMES } from './dispute.ts';
import { MESSAGE_CHARACTERS, REPORT_CHARACTERS } from './thread.ts';

/** Micro-dollars: decimal text in JSON, so that no reader rounds them. */
const micros = z
  .string()
  .regex(/^\d{1,18}$/, 'Write an amount in micro-dollars as digits.')
  .transform((digits) => BigInt(digits));
const words = z.string().max(4 * MOST_CHARACTERS);

export const openDisputeInput = z.object({
  /** Null contests all that can be contested. */
  amountMicros: micros.nullable().default(null),
  reason: words,
});
export type OpenDisputeInput = z.output<typeof openDisputeInput> & { readonly bookingId: string };

export const answerDisputeInput = z.object({ text: words });
export type AnswerDisputeInput = z.output<typeof answerDisputeInput> & { readonly disputeId: string };

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

export const closeReportInput = z.object({ outcome: z.string().max(4 * REPORT_CHARACTERS) });
export type CloseReportInput = z.output<typeof closeReportInput> & { readonly reportId: string };
