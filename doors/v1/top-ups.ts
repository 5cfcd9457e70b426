import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { beginTopUp } from '#lib/payments/begin-top-up.ts';
import { askCheckout } from '#lib/payments/pay-top-up.errand.ts';
import { CURRENCY } from '#lib/payments/payment.ts';
import { theProvider, topUpOf, topUpsOf } from '#lib/payments/queries/top-ups.ts';
import { TOP_UP_STATES } from '#lib/payments/top-up.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { answers, bearer, decimal, idempotencyHeader, instant, newDoor, signedInActor, takes, toWire } from './door.ts';
import { oneOfOwn, pageOfOwn } from './own-rows.ts';

const topUp = z
  .object({
    id: z.string(),
    amountMicros: decimal.meta({ description: 'What the wallet gets' }),
    taxMicros: decimal.meta({ description: 'Taxes on top of it' }),
    provider: z.string(),
    state: z.enum(TOP_UP_STATES),
    failure: z.string().nullable(),
    checkoutUrl: z.string().nullable().meta({ description: 'Where it can be paid, while it is open' }),
    receiptUrl: z.string().nullable().meta({ description: "The payment provider's receipt" }),
    cardLabel: z.string().nullable(),
    createdAt: instant,
    settledAt: instant.nullable(),
  })
  .meta({ id: 'TopUp' });

export const topUps = newDoor();

topUps.openapi(
  createRoute({
    method: 'post',
    path: '/top-ups',
    tags: ['Money'],
    summary: 'Add money through the payment provider of this market (a sandbox says so)',
    description:
      'With a provider of real money nothing is added yet: pay at `checkoutUrl`, and ask for the payment again.',
    security: bearer,
    request: {
      ...takes(z.object({ amountMicros: decimal, currency: z.string().max(10).optional() })),
      headers: idempotencyHeader,
    },
    responses: answers(z.object({ topUpId: z.string(), checkoutUrl: z.string().nullable() }), 'Begun', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { currency, ...asked } = c.req.valid('json');
    const amountMicros = BigInt(asked.amountMicros);
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    if (amountMicros === 0n) throw new Refusal('badInput', { amountMicros: 'Write an amount above zero.' });
    if (theProvider()?.name === 'stripe') {
      const { topUpId } = await beginTopUp(actor, { amountMicros, idempotencyKey, currency });
      return c.json({ topUpId, checkoutUrl: await askCheckout(topUpId) }, 201);
    }
    if ((currency ?? CURRENCY).toLowerCase() !== CURRENCY) throw new Refusal('currencyNotTaken');
    const { topUpId } = await topUpWallet(actor, { amountMicros, idempotencyKey });
    return c.json({ topUpId, checkoutUrl: null }, 201);
  },
);

topUps.openapi(pageOfOwn('/top-ups', 'Your payments, newest first', topUp), async (c) =>
  c.json(toWire(await topUpsOf(signedInActor(c), c.req.valid('query'))), 200),
);

topUps.openapi(
  oneOfOwn('/top-ups/{id}', 'One of your payments: how it stands, and its receipt', topUp, 'The payment'),
  async (c) => c.json(toWire(await topUpOf(signedInActor(c), c.req.valid('param').id)), 200),
);
