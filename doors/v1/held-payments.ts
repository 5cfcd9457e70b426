import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { decideWebhook } from '#lib/payments/decide-webhook.ts';
import { decideHeldPaymentInput, decideWebhookInput } from '#lib/payments/held-payment.ts';
import { heldPage } from '#lib/payments/queries/held.ts';
import { resolveHeldPayment } from '#lib/payments/resolve-held-payment.errand.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const held = z
  .object({
    payments: z.array(
      z.object({
        id: z.string(),
        renter: z.object({ id: z.string(), name: z.string() }),
        askedMicros: decimal,
        paymentIntentId: z.string().nullable(),
        cardLabel: z.string().nullable(),
        createdAt: instant,
      }),
    ),
    webhooks: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        objectId: z.string().nullable(),
        lastError: z.string().nullable(),
        receivedAt: instant,
      }),
    ),
    paymentCount: z.int(),
    webhookCount: z.int(),
  })
  .meta({
    id: 'HeldPayments',
    description: 'Payments of which something else came than was asked, and webhooks that were given up',
  });

export const heldPayments = newDoor();

heldPayments.openapi(
  createRoute({
    method: 'get',
    path: '/admin/held-payments',
    tags: ['Admin'],
    summary: 'What of the payments waits for a person',
    security: bearer,
    responses: answers(held, 'The first hundred of each'),
  }),
  async (c) => c.json(toWire(await heldPage(signedInActor(c))), 200),
);

heldPayments.openapi(
  createRoute({
    method: 'post',
    path: '/admin/held-payments/{id}/decision',
    tags: ['Admin'],
    summary: 'Credit what came, or give it back to the card it came from',
    security: bearer,
    request: { ...takes(decideHeldPaymentInput.omit({ topUpId: true })), params: idParam },
    responses: answers(held, 'What waits now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    await resolveHeldPayment(actor, { ...c.req.valid('json'), topUpId: c.req.valid('param').id });
    return c.json(toWire(await heldPage(actor)), 200);
  },
);

heldPayments.openapi(
  createRoute({
    method: 'post',
    path: '/admin/provider-webhooks/{id}/decision',
    tags: ['Admin'],
    summary: 'Have a webhook tried again that was given up, or put it aside',
    security: bearer,
    request: { ...takes(decideWebhookInput.omit({ webhookId: true })), params: idParam },
    responses: answers(held, 'What waits now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    await decideWebhook(actor, { ...c.req.valid('json'), webhookId: c.req.valid('param').id });
    return c.json(toWire(await heldPage(actor)), 200);
  },
);
