'use server';

import * as z from 'zod';
import { action, fileIn } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { ABOUTS } from '#lib/trust/dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';

const contested = z.object({
  bookingId: z.string(),
  about: z.enum(ABOUTS).default('use'),
  amount: z.string().max(100),
  reason: z.string().max(20_000),
  evidenceTitle: z.string().max(1_000).default(''),
  evidenceText: z.string().max(100_000).default(''),
});

export const contest = action(contested, async (actor, { bookingId, about, amount, reason, ...given }, files) => {
  const amountMicros = amount.trim() === '' ? null : parseDollars(amount);
  if (amountMicros === undefined)
    throw new Refusal('badInput', { field: 'amount' }, 'Write the amount in dollars, like 1.25.');
  const { evidenceTitle: title, evidenceText: text } = given;
  const evidence = title.trim() === '' && text.trim() === '' ? null : { title, text };
  const file = await fileIn(files, 'evidenceFile');
  const asked = openDispute(actor, { bookingId, about, amountMicros, reason, evidence, file });
  const { disputeId } = await atFields({ amountMicros: 'amount' }, asked);
  return { redirectTo: `/disputes/${disputeId}` };
});
