import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { closeTerminals } from '#lib/bookings/close-terminals.ts';
import { terminalsOf } from '#lib/bookings/queries/terminals.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const list = z
  .object({
    locked: z.boolean().meta({ description: 'Switched off for this booking, for good' }),
    open: z.array(z.object({ id: z.string(), openedAt: instant, session: z.string(), here: z.boolean() })),
  })
  .meta({ id: 'Terminals', description: 'Terminals in pages: ssh from a browser to the container' });

export const terminals = newDoor();

terminals.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/terminals',
    tags: ['Bookings'],
    summary: 'Terminals that are open in pages for a booking, for its renter',
    security: bearer,
    request: { params: idParam },
    responses: answers(list, 'What is open'),
  }),
  async (c) => c.json(toWire(await terminalsOf(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);

terminals.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/{id}/terminals/close',
    tags: ['Bookings'],
    summary: 'Close terminals of a booking, wherever they are open; with `forGood` none can be opened any more',
    security: bearer,
    request: {
      params: idParam,
      ...takes(z.object({ terminalId: z.string().max(64).optional(), forGood: z.boolean().default(false) })),
    },
    responses: answers(list, 'What is open now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const bookingId = c.req.valid('param').id;
    await closeTerminals(actor, { ...c.req.valid('json'), bookingId });
    return c.json(toWire(await terminalsOf(actor, bookingId, theWorld.now())), 200);
  },
);
