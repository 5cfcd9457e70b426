import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { CHARGEBACK_STATES } from '#lib/payments/chargeback.ts';
import { chargebacksOf } from '#lib/payments/queries/chargebacks.ts';
import { answers, bearer, decimal, instant, newDoor, pageEnd, signedInActor, toWire } from './door.ts';

const chargeback = z
  .object({
    id: z.string(),
    topUpId: z.string(),
    amountMicros: decimal,
    uncoveredMicros: decimal.meta({ description: 'What of it was spent and is not paid back since' }),
    state: z.enum(CHARGEBACK_STATES),
    reason: z.string().meta({ description: "The bank's word" }),
    createdAt: instant,
    closedAt: instant.nullable(),
  })
  .meta({ id: 'Chargeback' });

export const chargebacks = newDoor();

chargebacks.openapi(
  createRoute({
    method: 'get',
    path: '/chargebacks',
    tags: ['Money'],
    summary: 'Payments of yours that banks took back, newest first, and what of them is missing',
    security: bearer,
    request: { query: z.object({ after: pageEnd }) },
    responses: answers(
      z.object({
        rows: z.array(chargeback),
        next: z.string().nullable(),
        missingMicros: decimal.meta({ description: 'Above zero: nothing can be booked or started' }),
      }),
      'One page',
    ),
  }),
  async (c) => c.json(toWire(await chargebacksOf(signedInActor(c), c.req.valid('query'))), 200),
);
