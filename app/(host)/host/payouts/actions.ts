'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { askPayout } from '#lib/payments/ask-payout.ts';
import { lookAgain } from '#lib/payments/begin-payout-account.ts';
import { onboardHost } from '#lib/payments/onboard-host.errand.ts';

export const payOut = action(
  z.object({ amount: z.string(), key: z.string().min(8).max(200) }),
  async (actor, input) => {
    const text = input.amount.trim().replace(/^\$/, '');
    const amountMicros = text === '' ? null : parseDollars(text);
    if (amountMicros === undefined)
      throw new Refusal(
        'badInput',
        { field: 'amount' },
        'Write an amount in dollars, like 25 or 25.50, or leave it empty.',
      );
    await atFields({ amountMicros: 'amount' }, askPayout(actor, { amountMicros, idempotencyKey: input.key }));
    return 'Asked for. This page follows it.';
  },
);

export const setUp = action(z.object({ country: z.string().max(2) }), async (actor, input) => ({
  leaveTo: await onboardHost(actor, input),
}));

export const checkAgain = action(z.object({}), async (actor) => {
  await lookAgain(actor);
  return 'We look again: this page says in a few seconds how it stands.';
});
