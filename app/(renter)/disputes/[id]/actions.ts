'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { answerDispute } from '#lib/trust/answer-dispute.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { OUTCOMES } from '#lib/trust/dispute.ts';

export const answer = action(
  z.object({ disputeId: z.string(), text: z.string().max(20_000) }),
  async (actor, input) => {
    await answerDispute(actor, input);
    return 'Your side is told.';
  },
);

const decision = z.object({
  disputeId: z.string(),
  outcome: z.enum(OUTCOMES, 'Choose one of the three.'),
  part: z.string().max(100).default(''),
  reason: z.string().max(5_000),
});

export const decide = action(decision, async (actor, { disputeId, outcome, part, reason }) => {
  const partMicros = part.trim() === '' ? null : parseDollars(part);
  if (partMicros === undefined)
    throw new Refusal('badInput', { field: 'part' }, 'Write the part in dollars, like 1.25.');
  await atFields({ partMicros: 'part' }, decideDispute(actor, { disputeId, outcome, partMicros, reason }));
  return 'Decided. Both sides are told.';
});
