'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { formatDollars, parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';

function dollars(text: string, field: string) {
  const micros = parseDollars(text.replace(/^\s*\$/, ''));
  if (micros === undefined) throw new Refusal('badInput', { field }, 'Write an amount in dollars, like 25 or 25.50.');
  return micros;
}

export const refundToCard = action(
  z.object({ amount: z.string(), key: z.string().min(8).max(200) }),
  async (actor, input) => {
    const amountMicros = dollars(input.amount, 'amount');
    const ask = { amountMicros, idempotencyKey: input.key };
    const ids = await atFields({ amountMicros: 'amount' }, beginCardRefund(actor, ask));
    for (const id of ids) await sendCardRefund(id);
    return `${formatDollars(amountMicros)} are on their way to your card. Banks take five to ten days.`;
  },
);
