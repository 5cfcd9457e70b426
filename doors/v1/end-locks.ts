import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { lockEnd } from '#lib/bookings/lock-end.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { lockEndInput } from '#lib/bookings/schema.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const lock = z
  .object({ lockedAt: instant.nullable() })
  .meta({ id: 'EndLock', description: 'Since when a booking is locked against ending by hand; null when it is not' });

export const endLocks = newDoor();

endLocks.openapi(
  createRoute({
    method: 'put',
    path: '/bookings/{id}/end-lock',
    tags: ['Bookings'],
    summary:
      'Lock a booking against ending by hand, or unlock it; the end of its time and an empty wallet still end it',
    security: bearer,
    request: { params: idParam, ...takes(lockEndInput.omit({ bookingId: true })) },
    responses: answers(lock, 'The lock as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const bookingId = c.req.valid('param').id;
    await lockEnd(actor, { bookingId, locked: c.req.valid('json').locked });
    const { endLockedAt } = await rentalOf(actor, bookingId, theWorld.now());
    return c.json(toWire({ lockedAt: endLockedAt }), 200);
  },
);
