'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { formatDollars, parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { beginTopUp } from '#lib/payments/begin-top-up.ts';
import { askCheckout } from '#lib/payments/pay-top-up.errand.ts';
import { theProvider } from '#lib/payments/queries/top-ups.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';

export const topUp = action(z.object({ amount: z.string(), key: z.string().min(8).max(200) }), async (actor, input) => {
  const amountMicros = parseDollars(input.amount.replace(/^\s*\$/, ''));
  if (amountMicros === undefined)
    throw new Refusal('badInput', { field: 'amount' }, 'Write an amount in dollars, like 25 or 25.50.');
  const ask = { amountMicros, idempotencyKey: input.key };
  if (theProvider()?.name === 'stripe') {
    const { topUpId } = await atFields({ amountMicros: 'amount' }, beginTopUp(actor, ask));
    const page = await askCheckout(topUpId);
    return page === null ? { redirectTo: `/wallet/top-ups/${topUpId}` } : { leaveTo: page };
  }
  await atFields({ amountMicros: 'amount' }, topUpWallet(actor, ask));
  return `${formatDollars(amountMicros)} were added.`;
});
