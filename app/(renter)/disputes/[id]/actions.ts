'use server';

import * as z from 'zod';
import { action, fileIn } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { OUTCOMES } from '#lib/trust/dispute.ts';
import { MOVES } from '#lib/trust/dispute-move.ts';
import { moveDispute } from '#lib/trust/move-dispute.ts';

const moving = z.object({
  disputeId: z.string(),
  move: z.enum(MOVES, 'Choose one of them.'),
  seen: z.coerce.number().int().min(0).max(10_000),
  amount: z.string().max(100).default(''),
  text: z.string().max(20_000).default(''),
  evidenceTitle: z.string().max(1_000).default(''),
  evidenceText: z.string().max(100_000).default(''),
});

export const move = action(moving, async (actor, input, files) => {
  const { disputeId, amount, text, seen, evidenceTitle, evidenceText } = input;
  const amountMicros = amount.trim() === '' ? null : parseDollars(amount);
  if (amountMicros === undefined)
    throw new Refusal('badInput', { field: 'amount' }, 'Write the amount in dollars, like 1.25.');
  const given = evidenceTitle.trim() !== '' || evidenceText.trim() !== '';
  const evidence = given ? { title: evidenceTitle, text: evidenceText } : null;
  const file = await fileIn(files, 'evidenceFile');
  const asked = { disputeId, move: input.move, amountMicros, text, evidence, file, seen };
  await atFields({ amountMicros: 'amount' }, moveDispute(actor, asked));
  return 'Done. The other side is told.';
});

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
