import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { extensionOf } from '#lib/bookings/queries/extension.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';

const extension = z
  .object({
    bookingId: z.string(),
    name: z.string(),
    endsAt: instant,
    whyNot: z.string().nullable(),
    takenFrom: instant.nullable(),
    choices: z.array(
      z.object({ hours: z.int(), endsAt: instant, priceMicros: decimal, whyNot: z.string().nullable() }),
    ),
    reserved: z.boolean().meta({
      description: 'A reserved window: what is left of it, 24 hours at most, is set aside or it stays as it is',
    }),
    ahead: z.boolean().meta({ description: 'It has not begun' }),
    freeMicros: decimal,
  })
  .meta({ id: 'Extension', description: 'What more time of a rental costs, and why it cannot be had where it cannot' });

export const extensions = newDoor();

extensions.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/extension',
    tags: ['Bookings'],
    summary: 'What it costs to move the end of a booking, and whether its GPUs are free until then; for its renter',
    security: bearer,
    request: { params: idParam },
    responses: answers(extension, 'The choices'),
  }),
  async (c) => c.json(toWire(await extensionOf(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);
