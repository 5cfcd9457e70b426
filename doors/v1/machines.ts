import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { machinesOf } from '#lib/catalogue/queries/machines.ts';
import { answers, bearer, decimal, instant, newDoor, signedInActor, toWire } from './door.ts';

const machine = z
  .object({
    id: z.string(),
    name: z.string(),
    simulated: z.boolean(),
    gpuModel: z.string().nullable(),
    gpuCount: z.int(),
    takenGpus: z.int(),
    health: z.string(),
    lastSyncAt: instant.nullable(),
    trust: z.string(),
    retired: z.boolean(),
    listingState: z.string(),
    priceMicrosPerGpuHour: decimal.nullable(),
    pausedUntil: instant.nullable(),
    obstacle: z.string().nullable().meta({ description: 'Why renters cannot book it now, in a sentence' }),
  })
  .meta({ id: 'Machine' });

export const machines = newDoor();

machines.openapi(
  createRoute({
    method: 'get',
    path: '/machines',
    tags: ['Machines'],
    summary: 'Your own machines as a host',
    security: bearer,
    responses: answers(z.object({ rows: z.array(machine) }), 'Your machines'),
  }),
  async (c) => c.json({ rows: toWire(await machinesOf(signedInActor(c), theWorld.now())) }, 200),
);
