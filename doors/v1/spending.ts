import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { spendingLimitOf } from '#lib/ledger/queries/spending-limit.ts';
import { answers, bearer, decimal, instant, newDoor, signedInActor, toWire } from './door.ts';

const limit = z
  .object({
    mostMicros: decimal.nullable().meta({ description: 'Null: no limit' }),
    takenMicros: decimal,
    leftMicros: decimal.nullable(),
    rises: z.object({ at: instant, toMicros: decimal.nullable() }).nullable(),
  })
  .meta({ id: 'SpendingLimit', description: 'What a new account may set aside and use within 24 hours' });

export const spendingLimit = newDoor();

spendingLimit.openapi(
  createRoute({
    method: 'get',
    path: '/wallet/spending-limit',
    tags: ['Money'],
    summary: 'How much you may set aside and use within 24 hours, what is left, and when it rises',
    security: bearer,
    responses: answers(limit, 'The limit'),
  }),
  async (c) => c.json(toWire(await spendingLimitOf(signedInActor(c), theWorld.now())), 200),
);
