import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { CARD_REFUND_STATES } from '#lib/payments/card-refund.ts';
import { cardRefundOf, cardRefundsOf, refundableOf } from '#lib/payments/queries/card-refunds.ts';
import { sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import {
  answers,
  bearer,
  decimal,
  idempotencyHeader,
  instant,
  newDoor,
  pageEnd,
  signedInActor,
  takes,
  toWire,
} from './door.ts';
import { oneOfOwn } from './own-rows.ts';

const cardRefund = z
  .object({
    id: z.string(),
    topUpId: z.string().meta({ description: 'The payment whose card gets it' }),
    amountMicros: decimal,
    state: z.enum(CARD_REFUND_STATES),
    failure: z.string().nullable(),
    cardLabel: z.string().nullable(),
    createdAt: instant,
    settledAt: instant.nullable(),
  })
  .meta({ id: 'CardRefund' });

export const cardRefunds = newDoor();

cardRefunds.openapi(
  createRoute({
    method: 'post',
    path: '/card-refunds',
    tags: ['Money'],
    summary: 'Give unspent money back to the cards it came from, the newest payment first',
    security: bearer,
    request: { ...takes(z.object({ amountMicros: decimal })), headers: idempotencyHeader },
    responses: answers(z.object({ cardRefundIds: z.array(z.string()) }), 'On its way', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const amountMicros = BigInt(c.req.valid('json').amountMicros);
    if (amountMicros === 0n) throw new Refusal('badInput', { amountMicros: 'Write an amount above zero.' });
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    const cardRefundIds = [...(await beginCardRefund(actor, { amountMicros, idempotencyKey }))];
    for (const id of cardRefundIds) await sendCardRefund(id);
    return c.json({ cardRefundIds }, 201);
  },
);

cardRefunds.openapi(
  createRoute({
    method: 'get',
    path: '/card-refunds',
    tags: ['Money'],
    summary: 'Your refunds to cards, newest first, and how much more can go back',
    security: bearer,
    request: { query: z.object({ after: pageEnd }) },
    responses: answers(
      z.object({ rows: z.array(cardRefund), next: z.string().nullable(), refundableMicros: decimal }),
      'One page',
    ),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const [page, refundableMicros] = await Promise.all([
      cardRefundsOf(actor, c.req.valid('query')),
      refundableOf(actor),
    ]);
    return c.json(toWire({ ...page, refundableMicros }), 200);
  },
);

cardRefunds.openapi(
  oneOfOwn('/card-refunds/{id}', 'One of your refunds to a card', cardRefund, 'The refund'),
  async (c) => c.json(toWire(await cardRefundOf(signedInActor(c), c.req.valid('param').id)), 200),
);
