import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { beginCardSetup } from '#lib/payments/begin-card-setup.ts';
import { chooseCard, removeCard } from '#lib/payments/change-cards.ts';
import { askCardSetup, forgetCard } from '#lib/payments/keep-card.errand.ts';
import { automaticOf, cardsOf } from '#lib/payments/queries/cards.ts';
import { setAutomatic, stopAutomatic } from '#lib/payments/set-automatic.ts';
import {
  answers,
  bearer,
  decimal,
  idempotencyHeader,
  idParam,
  instant,
  newDoor,
  signedInActor,
  takes,
  toWire,
} from './door.ts';

const card = z
  .object({
    id: z.string(),
    brand: z.string(),
    last4: z.string(),
    expiresMonth: z.int(),
    expiresYear: z.int(),
    isDefault: z.boolean().meta({ description: 'Automatic payments are taken from it' }),
    createdAt: instant,
  })
  .meta({ id: 'Card' });

const settings = z.object({
  thresholdMicros: decimal.meta({ description: 'Below this much free money the wallet is topped up' }),
  amountMicros: decimal,
  monthlyLimitMicros: decimal.meta({ description: 'The most in a calendar month, UTC' }),
});
const automatic = settings
  .extend({ pausedReason: z.string().nullable(), pausedAt: instant.nullable() })
  .nullable()
  .meta({ id: 'AutomaticTopUp', description: 'null: nothing is taken by itself' });
const done = z.object({ ok: z.literal(true) });

export const cards = newDoor();

cards.openapi(
  createRoute({
    method: 'get',
    path: '/cards',
    tags: ['Money'],
    summary: 'Your saved cards, the default one first',
    security: bearer,
    responses: answers(z.object({ rows: z.array(card) }), 'Your cards'),
  }),
  async (c) => c.json(toWire({ rows: await cardsOf(signedInActor(c)) }), 200),
);

cards.openapi(
  createRoute({
    method: 'post',
    path: '/cards',
    tags: ['Money'],
    summary: 'Save a card, on a page of the payment provider',
    security: bearer,
    request: { headers: idempotencyHeader },
    responses: answers(z.object({ checkoutUrl: z.string().nullable() }), 'Where to type it', 201),
  }),
  async (c) => {
    const id = await beginCardSetup(signedInActor(c), c.req.valid('header')['idempotency-key']);
    return c.json({ checkoutUrl: await askCardSetup(id) }, 201);
  },
);

cards.openapi(
  createRoute({
    method: 'post',
    path: '/cards/{id}/default',
    tags: ['Money'],
    summary: 'Make a card the one that automatic payments are taken from',
    security: bearer,
    request: { params: idParam },
    responses: answers(done, 'Chosen'),
  }),
  async (c) => {
    await chooseCard(signedInActor(c), c.req.valid('param').id);
    return c.json({ ok: true as const }, 200);
  },
);

cards.openapi(
  createRoute({
    method: 'delete',
    path: '/cards/{id}',
    tags: ['Money'],
    summary: 'Remove a saved card',
    security: bearer,
    request: { params: idParam },
    responses: answers(done, 'Removed'),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    await removeCard(signedInActor(c), id);
    await forgetCard(id);
    return c.json({ ok: true as const }, 200);
  },
);

cards.openapi(
  createRoute({
    method: 'get',
    path: '/automatic-top-up',
    tags: ['Money'],
    summary: 'How your wallet is topped up by itself',
    security: bearer,
    responses: answers(automatic, 'The settings'),
  }),
  async (c) => c.json(toWire(await automaticOf(signedInActor(c))), 200),
);

cards.openapi(
  createRoute({
    method: 'put',
    path: '/automatic-top-up',
    tags: ['Money'],
    summary: 'Top the wallet up by itself from the default card, or go on after a pause',
    security: bearer,
    request: takes(settings),
    responses: answers(done, 'Set'),
  }),
  async (c) => {
    const { thresholdMicros, amountMicros, monthlyLimitMicros } = c.req.valid('json');
    await setAutomatic(signedInActor(c), {
      thresholdMicros: BigInt(thresholdMicros),
      amountMicros: BigInt(amountMicros),
      monthlyLimitMicros: BigInt(monthlyLimitMicros),
    });
    return c.json({ ok: true as const }, 200);
  },
);

cards.openapi(
  createRoute({
    method: 'delete',
    path: '/automatic-top-up',
    tags: ['Money'],
    summary: 'Take nothing by itself any more',
    security: bearer,
    responses: answers(done, 'Off'),
  }),
  async (c) => {
    await stopAutomatic(signedInActor(c));
    return c.json({ ok: true as const }, 200);
  },
);
