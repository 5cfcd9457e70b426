import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { askPayout } from '#lib/payments/ask-payout.ts';
import { PAYOUT_STATES } from '#lib/payments/payout-state.ts';
import { payoutOf, payoutsOf, payoutsPage } from '#lib/payments/queries/payouts.ts';
import { answers, bearer, decimal, idempotencyHeader, instant, newDoor, signedInActor, takes, toWire } from './door.ts';
import { oneOfOwn, pageOfOwn } from './own-rows.ts';

const payout = z
  .object({
    id: z.string(),
    amountMicros: decimal,
    returnedMicros: decimal.meta({ description: 'How much of it came back' }),
    occasion: z.enum(['weekly', 'demand']),
    provider: z.string(),
    state: z.enum(PAYOUT_STATES),
    failure: z.string().nullable(),
    createdAt: instant,
    sentAt: instant.nullable(),
    arrivedAt: instant.nullable(),
  })
  .meta({ id: 'Payout', description: 'A host’s money on its way to their bank' });

const account = z
  .object({
    provider: z.string().nullable().meta({ description: 'Null where this market pays nothing out yet' }),
    payableMicros: z.string().meta({ description: 'What you are owed; below zero when refunds took more' }),
    reserveMicros: decimal,
    availableMicros: decimal.meta({ description: 'What can be paid out now' }),
    keepsBackMicros: decimal.meta({ description: 'What a payout now would keep back' }),
    nextWeeklyAt: instant,
    whyNot: z.string().nullable().meta({ description: 'Why none can be asked for now' }),
    account: z.object({
      state: z.enum(['none', 'opening', 'incomplete', 'checking', 'ready', 'closed']),
      problem: z.string().nullable(),
      missing: z.array(z.string()),
      country: z.string().nullable(),
      checkedAt: instant.nullable(),
    }),
    reserves: z.array(z.object({ id: z.string(), amountMicros: decimal, releaseAt: instant })),
    current: payout.nullable(),
    terms: z.object({
      minimumMicros: decimal,
      weekday: z.int(),
      hour: z.int(),
      reserveBasisPoints: z.int(),
      reserveDays: z.int(),
      newHostDays: z.int(),
    }),
  })
  .meta({ id: 'PayoutAccount' });

export const payouts = newDoor();

payouts.openapi(pageOfOwn('/payouts', 'Your payouts as a host, newest first', payout), async (c) =>
  c.json(toWire(await payoutsOf(signedInActor(c), c.req.valid('query'))), 200),
);

payouts.openapi(
  createRoute({
    method: 'post',
    path: '/payouts',
    tags: ['Money'],
    summary: 'Ask for a payout of what you are owed as a host: an amount, or everything that can be paid now',
    security: bearer,
    request: { ...takes(z.object({ amountMicros: decimal.optional() })), headers: idempotencyHeader },
    responses: answers(payout, 'Asked for (or the payout that this key asked for before)', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { amountMicros } = c.req.valid('json');
    const { payoutId } = await askPayout(actor, {
      amountMicros: amountMicros === undefined ? null : BigInt(amountMicros),
      idempotencyKey: c.req.valid('header')['idempotency-key'],
    });
    return c.json(toWire(await payoutOf(actor, payoutId)), 201);
  },
);

payouts.openapi(oneOfOwn('/payouts/{id}', 'One payout', payout, 'The payout'), async (c) =>
  c.json(toWire(await payoutOf(signedInActor(c), c.req.valid('param').id)), 200),
);

payouts.openapi(
  createRoute({
    method: 'get',
    path: '/payout-account',
    tags: ['Money'],
    summary: 'How you are paid as a host: what, when, where to, what is kept back, and what is missing',
    security: bearer,
    responses: answers(account, 'How you are paid'),
  }),
  async (c) => {
    const { money, ...rest } = await payoutsPage(signedInActor(c), theWorld.now());
    return c.json(toWire({ ...rest, ...money }), 200);
  },
);
