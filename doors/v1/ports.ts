import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { seenPortsOf } from '#lib/telemetry/queries/ports.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';

export const ports = newDoor();

ports.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/ports',
    tags: ['Bookings'],
    summary: 'On which TCP ports programs of a booking listen now; for its renter only',
    security: bearer,
    request: { params: idParam },
    responses: answers(
      z
        .object({ seenAt: instant.nullable(), ports: z.array(z.int()).nullable() })
        .meta({ id: 'Ports', description: 'As its machine saw it within the last minute; null where it does not say' }),
      'Its ports',
    ),
  }),
  async (c) => {
    const seen = await seenPortsOf(signedInActor(c), c.req.valid('param').id, theWorld.now());
    return c.json(toWire({ seenAt: seen?.seenAt ?? null, ports: seen === null ? null : [...seen.ports] }), 200);
  },
);
