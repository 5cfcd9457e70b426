import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { isId } from '#lib/base/id.ts';
import { invoicesOf } from '#lib/receipts/queries/invoices.ts';
import { answers, bearer, decimal, instant, newDoor, signedInActor, toWire } from './door.ts';

const invoice = z
  .object({
    bookingId: z.string(),
    bookingName: z.string(),
    machineName: z.string(),
    simulated: z.boolean(),
    gpuModel: z.string(),
    gpuCount: z.int(),
    createdAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    final: z.boolean().meta({ description: 'Nothing is billed any more and what was left of the hold is released' }),
    gpuSeconds: decimal,
    chargedMicros: decimal,
    hostCreditedMicros: decimal,
    feeMicros: decimal,
    refundedMicros: decimal,
    cancellationMicros: decimal.meta({
      description: 'Paid for giving a reserved window back; not part of what statements prove',
    }),
    cancellationRefundedMicros: decimal.meta({ description: 'What of that came back' }),
    heldMicros: decimal,
  })
  .meta({
    id: 'Invoice',
    description: 'The sums of a bill; `/bookings/{id}/receipts` is the whole of it, with its proof',
  });

export const invoices = newDoor();

invoices.openapi(
  createRoute({
    method: 'get',
    path: '/invoices',
    tags: ['Money'],
    summary: 'The bills of your bookings, newest booking first',
    security: bearer,
    request: {
      query: z.object({
        side: z.enum(['renter', 'host']).default('renter'),
        state: z.enum(['open', 'final', 'all']).default('all'),
        after: z
          .string()
          .refine((text) => isId('booking', text), 'This is not the id of a booking.')
          .optional(),
      }),
    },
    responses: answers(z.object({ rows: z.array(invoice), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await invoicesOf(signedInActor(c), c.req.valid('query'))), 200),
);
