'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';

const contested = z.object({ bookingId: z.string(), amount: z.string().max(100), reason: z.string().max(20_000) });

export const contest = action(contested, async (actor, { bookingId, amount, reason }) => {
  const amountMicros = amount.trim() === '' ? null : parseDollars(amount);
  if (amountMicros === undefined)
    throw new Refusal('badInput', { field: 'amount' }, 'Write the amount in dollars, like 1.25.');
  const asked = openDispute(actor, { bookingId, amountMicros, reason });
  const { disputeId } = await atFields({ amountMicros: 'amount' }, asked);
  return { redirectTo: `/disputes/${disputeId}` };
});
