import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { defaultJobOf } from '#lib/agents/queries/default-job.ts';
import { setDefaultJobInput } from '#lib/agents/schema.ts';
import { setDefaultJob } from '#lib/agents/set-default-job.ts';
import { DEFAULT_JOB_STATES } from '#protocol/default-job.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const job = z
  .object({
    image: z.string(),
    command: z.array(z.string()).nullable().meta({ description: "Null: the image's own program" }),
    setAt: instant,
    state: z.enum(DEFAULT_JOB_STATES).nullable().meta({ description: 'Null: the machine has not heard of it yet' }),
    detail: z.string().nullable(),
    observedAt: instant.nullable(),
  })
  .nullable()
  .meta({ id: 'DefaultJob', description: 'What a machine runs for its host while nobody rents it; null: nothing' });

export const defaultJobs = newDoor();
const path = '/machines/{id}/default-job';

defaultJobs.openapi(
  createRoute({
    method: 'get',
    path,
    tags: ['Machines'],
    summary: 'What your machine runs while nobody rents it',
    security: bearer,
    request: { params: idParam },
    responses: answers(z.object({ job }), 'As its agent said last'),
  }),
  async (c) => c.json({ job: toWire(await defaultJobOf(signedInActor(c), c.req.valid('param').id)) }, 200),
);

defaultJobs.openapi(
  createRoute({
    method: 'put',
    path,
    tags: ['Machines'],
    summary: 'Set what your machine runs while nobody rents it; no image: nothing. It is no booking and is not billed',
    security: bearer,
    request: { params: idParam, ...takes(setDefaultJobInput.omit({ machineId: true })) },
    responses: answers(z.object({ job }), 'As it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await setDefaultJob(actor, { machineId: id, ...c.req.valid('json') });
    return c.json({ job: toWire(await defaultJobOf(actor, id)) }, 200);
  },
);
