import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { LONGEST_PAUSE_DAYS } from '#lib/catalogue/pause.ts';
import { pauseListing } from '#lib/catalogue/pause-listing.ts';
import { machineOf } from '#lib/catalogue/queries/machines.ts';
import { resumeListing } from '#lib/catalogue/resume-listing.ts';
import { pauseInput } from '#lib/catalogue/schema.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const paused = z
  .object({ pausedUntil: instant.nullable() })
  .meta({ id: 'Pause', description: 'Until when nothing new of a machine is offered; null when it is not paused' });

export const pauses = newDoor();

pauses.openapi(
  createRoute({
    method: 'post',
    path: '/machines/{id}/pause',
    tags: ['Machines'],
    summary: 'Offer nothing new of a machine of yours until an instant; then it is offered again by itself',
    description: `What is rented or reserved is not touched. A pause that goes on gets the new end. At most ${LONGEST_PAUSE_DAYS} days.`,
    security: bearer,
    request: { params: idParam, ...takes(pauseInput) },
    responses: answers(paused, 'The pause'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await pauseListing(actor, { ...c.req.valid('json'), machineId: id });
    const { pausedUntil } = await machineOf(actor, id, theWorld.now());
    return c.json(toWire({ pausedUntil }), 200);
  },
);

pauses.openapi(
  createRoute({
    method: 'delete',
    path: '/machines/{id}/pause',
    tags: ['Machines'],
    summary: 'End a pause before its time: the machine is offered again at once',
    security: bearer,
    request: { params: idParam },
    responses: answers(paused, 'No pause'),
  }),
  async (c) => {
    await resumeListing(signedInActor(c), { machineId: c.req.valid('param').id });
    return c.json({ pausedUntil: null }, 200);
  },
);
