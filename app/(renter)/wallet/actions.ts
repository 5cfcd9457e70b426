'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { formatDollars, parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';

export const topUp = action(z.object({ amount: z.string(), key: z.string().min(8).max(200) }), async (actor, input) => {
  const amountMicros = parseDollars(input.amount.replace(/^\s*\$/, ''));
  if (amountMicros === undefined)
    throw new Refusal('badInput', { field: 'amount' }, 'Write an amount in dollars, like 25 or 25.50.');
  await atFields({ amountMicros: 'amount' }, topUpWallet(actor, { amountMicros, idempotencyKey: input.key }));
  return `${formatDollars(amountMicros)} were added.`;
});
