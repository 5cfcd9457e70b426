'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { answerRequest, withdrawAnswer } from '#lib/bookings/answer-request.ts';
import { answerIdInput } from '#lib/bookings/standing-schema.ts';

const id = z.string().min(1).max(100);
const answered = z.object({
  requestId: id,
  machineId: id,
  price: z.string().max(100),
  holds: z.string().regex(/^\d{1,7}$/, 'Choose for how long it holds.'),
});

export const answer = action(answered, async (actor, { requestId, machineId, price, holds }) => {
  const priceMicrosPerGpuHour = parseDollars(price.trim().replace(/^\$/, ''));
  if (priceMicrosPerGpuHour === undefined)
    throw new Refusal('badInput', { field: 'price' }, 'Write a price in dollars, like 0.28.');
  const said = answerRequest(actor, { requestId, machineId, priceMicrosPerGpuHour, holdsSeconds: Number(holds) });
  await atFields({ priceMicrosPerGpuHour: 'price', holdsSeconds: 'holds' }, said);
  return 'Answered. The renter is told.';
});

export const withdraw = action(answerIdInput, async (actor, input) => {
  await withdrawAnswer(actor, input);
  return 'Taken back.';
});
