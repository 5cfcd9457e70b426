import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { earningsOf, transfersOf, walletOf } from '#lib/ledger/queries.ts';
import { answers, bearer, decimal, instant, newDoor, signedInActor, toWire } from './door.ts';

const transfer = z
  .object({
    id: z.string(),
    at: instant,
    kind: z.string(),
    account: z.string(),
    amountMicros: z.string().meta({ description: 'Negative when money went out' }),
    bookingId: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Transfer' });

export const wallet = newDoor();

wallet.openapi(
  createRoute({
    method: 'get',
    path: '/wallet',
    tags: ['Money'],
    summary: 'Your free and held money as a renter, and what you are owed as a host',
    security: bearer,
    responses: answers(z.object({ freeMicros: decimal, heldMicros: decimal, payableMicros: decimal }), 'Your money'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const [money, earned] = await Promise.all([walletOf(actor), earningsOf(actor)]);
    return c.json(toWire({ ...money, ...earned }), 200);
  },
);

wallet.openapi(
  createRoute({
    method: 'get',
    path: '/transfers',
    tags: ['Money'],
    summary: 'Movements of your accounts, newest first',
    security: bearer,
    request: {
      query: z.object({ side: z.enum(['renter', 'host']).default('renter'), after: z.string().max(64).optional() }),
    },
    responses: answers(z.object({ rows: z.array(transfer), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await transfersOf(signedInActor(c), c.req.valid('query'))), 200),
);
