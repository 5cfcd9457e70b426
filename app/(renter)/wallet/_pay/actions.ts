'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { formatDollars, parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { beginCardSetup } from '#lib/payments/begin-card-setup.ts';
import { chooseCard, removeCard } from '#lib/payments/change-cards.ts';
import { askCardSetup, forgetCard } from '#lib/payments/keep-card.errand.ts';
import { sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import { setAutomatic, stopAutomatic } from '#lib/payments/set-automatic.ts';

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

export const saveCard = action(z.object({ key: z.string().min(8).max(200) }), async (actor, input) => {
  const page = await askCardSetup(await beginCardSetup(actor, input.key));
  return page === null ? 'The payment provider does not answer. Try again in a minute.' : { leaveTo: page };
});

const cardId = z.object({ cardId: z.string().max(64) });

export const chooseDefault = action(cardId, async (actor, input) => {
  await chooseCard(actor, input.cardId);
});

export const dropCard = action(cardId, async (actor, input) => {
  await removeCard(actor, input.cardId);
  await forgetCard(input.cardId);
});

export const setAutomaticTopUp = action(
  z.object({ threshold: z.string(), each: z.string(), limit: z.string() }),
  async (actor, input) => {
    const settings = {
      thresholdMicros: dollars(input.threshold, 'threshold'),
      amountMicros: dollars(input.each, 'each'),
      monthlyLimitMicros: dollars(input.limit, 'limit'),
    };
    const fields = { thresholdMicros: 'threshold', amountMicros: 'each', monthlyLimitMicros: 'limit' };
    await atFields(fields, setAutomatic(actor, settings));
    return 'Your wallet is topped up by itself from now on.';
  },
);

export const stopAutomaticTopUp = action(z.object({}), async (actor) => {
  await stopAutomatic(actor);
});
