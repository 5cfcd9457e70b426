import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { idleGuardOf } from '#lib/telemetry/queries/idle.ts';
import { setIdleGuardInput } from '#lib/telemetry/schema.ts';
import { setIdleGuard } from '#lib/telemetry/set-idle-guard.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const guard = z
  .object({ stops: z.boolean(), noticedAt: instant.nullable() })
  .meta({ id: 'IdleGuard', description: 'What happens when all GPUs were below 5 % for 20 minutes' });

export const idleGuards = newDoor();

idleGuards.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/idle-guard',
    tags: ['Bookings'],
    summary: 'Whether a booking is stopped when its GPUs idle, and since when they are known to; for its renter only',
    security: bearer,
    request: { params: idParam },
    responses: answers(guard, 'The idle guard'),
  }),
  async (c) => c.json(toWire(await idleGuardOf(signedInActor(c), c.req.valid('param').id)), 200),
);

idleGuards.openapi(
  createRoute({
    method: 'put',
    path: '/bookings/{id}/idle-guard',
    tags: ['Bookings'],
    summary: 'Have a booking stopped, its disk kept, when all its GPUs were below 5 % for 20 minutes; or be told only',
    security: bearer,
    description: 'Of a reserved window that is a giving back, by its cancellation terms.',
    request: { params: idParam, ...takes(setIdleGuardInput.omit({ bookingId: true })) },
    responses: answers(guard, 'The idle guard as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const bookingId = c.req.valid('param').id;
    await setIdleGuard(actor, { bookingId, stops: c.req.valid('json').stops });
    return c.json(toWire(await idleGuardOf(actor, bookingId)), 200);
  },
);
