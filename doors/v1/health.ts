import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { HEALTH_TONES, healthOf, worstOf } from '#lib/trust/health.ts';
import { healthFacts } from '#lib/trust/queries/health.ts';
import { answers, bearer, newDoor, signedInActor } from './door.ts';

const tone = z.enum(HEALTH_TONES);
const row = z.object({ name: z.string(), tone, says: z.string(), remedy: z.string().nullable() });

export const health = newDoor();

health.openapi(
  createRoute({
    method: 'get',
    path: '/admin/health',
    tags: ['Admin'],
    summary: 'How the parts of the market are now, the worst first, and what to do',
    security: bearer,
    responses: answers(z.object({ tone, rows: z.array(row) }).meta({ id: 'Health' }), 'The parts'),
  }),
  async (c) => {
    const now = theWorld.now();
    const rows = healthOf(await healthFacts(signedInActor(c), now), now);
    return c.json({ tone: worstOf(rows), rows }, 200);
  },
);
