import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { logsOf } from '#lib/bookings/queries/logs.ts';
import { cancelArray, cancelJob } from '#lib/jobs/cancel-jobs.ts';
import { cancelSeveral } from '#lib/jobs/cancel-several.errand.ts';
import { JOB_OBSERVED, JOB_OUTCOMES } from '#lib/jobs/job.ts';
import { arrayOf, arraysOf } from '#lib/jobs/queries/arrays.ts';
import { jobOf, jobsOf } from '#lib/jobs/queries/jobs.ts';
import { cancelSeveralInput, submitJobsInput } from '#lib/jobs/schema.ts';
import { submitJobs } from '#lib/jobs/submit-jobs.ts';
import {
  answers,
  bearer,
  idempotencyHeader,
  idParam,
  instant,
  newDoor,
  pageEnd,
  signedInActor,
  takes,
  toWire,
} from './door.ts';

const array = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    size: z.int(),
    counts: z.record(z.string(), z.int()),
    waiting: z
      .object({
        sentence: z.string(),
        report: z
          .object({
            fitting: z.int(),
            needed: z.int(),
            misfits: z.array(z.object({ misfit: z.string(), machines: z.int() })),
            hold: z.string().nullable(),
          })
          .nullable(),
        since: instant.nullable(),
      })
      .nullable()
      .meta({ description: 'Why those that wait do so: how many machines are out for which reason' }),
    chargedMicros: z.string(),
    heldMicros: z.string(),
    createdAt: instant,
    endedAt: instant.nullable(),
    actions: z.array(z.string()),
  })
  .meta({ id: 'Jobs', description: 'What was submitted at once: one job, or an array of jobs' });

const job = z
  .looseObject({
    id: z.string(),
    index: z.int(),
    desired: z.enum(['run', 'end']),
    observed: z.enum(JOB_OBSERVED),
    outcome: z.enum(JOB_OUTCOMES).nullable(),
    reason: z.string().nullable(),
    exitCode: z.int().nullable(),
    attempts: z.int(),
    chargedMicros: z.string(),
    actions: z.array(z.string()),
  })
  .meta({ id: 'Job', description: 'One job of a submission: what is wanted, what is seen, how it came out and why' });

const indexParam = idParam.extend({
  index: z
    .string()
    .regex(/^\d{1,5}$/, 'An index is a number from 0.')
    .transform(Number),
});
const noBody = {
  required: false,
  content: { 'application/json': { schema: z.object({}).optional() } },
} as const;

export const jobs = newDoor();

jobs.openapi(
  createRoute({
    method: 'post',
    path: '/jobs',
    tags: ['Jobs'],
    summary: 'Submit a job, or up to 10,000 alike at once',
    description:
      'Nothing is charged before one runs. Each job finds its number, from 0, in SUBLET_ARRAY_INDEX. Machines of one job share no network: each finds its number in SUBLET_MACHINE_RANK and NODE_RANK, how many there are in SUBLET_MACHINES and NNODES, and its GPUs in NPROC_PER_NODE; they meet where all can dial, like a storage bucket or a rendezvous server. Variables are kept encrypted under the key of this market until a job is placed, and are then sealed to its machine.',
    security: bearer,
    request: { ...takes(submitJobsInput), headers: idempotencyHeader },
    responses: answers(array, 'Submitted (or what this key submitted before)', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    const { arrayId } = await submitJobs(actor, { ...c.req.valid('json'), idempotencyKey });
    return c.json(toWire(await arrayOf(actor, arrayId)), 201);
  },
);

jobs.openapi(
  createRoute({
    method: 'get',
    path: '/jobs',
    tags: ['Jobs'],
    summary: 'What you submitted, newest first',
    security: bearer,
    request: {
      query: z.object({
        state: z.enum(['live', 'past', 'all']).default('all'),
        find: z.string().max(100).optional().meta({ description: 'In the name or the image' }),
        after: pageEnd,
      }),
    },
    responses: answers(z.object({ rows: z.array(array), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await arraysOf(signedInActor(c), c.req.valid('query'))), 200),
);

jobs.openapi(
  createRoute({
    method: 'get',
    path: '/jobs/{id}',
    tags: ['Jobs'],
    summary: 'One submission: how many of it wait, run and have ended, and why those that wait do so',
    security: bearer,
    request: { params: idParam },
    responses: answers(array, 'The submission'),
  }),
  async (c) => c.json(toWire(await arrayOf(signedInActor(c), c.req.valid('param').id)), 200),
);

jobs.openapi(
  createRoute({
    method: 'post',
    path: '/jobs/several/cancel',
    tags: ['Jobs'],
    summary: 'Cancel several submissions, each by itself; answers what became of each',
    security: bearer,
    request: takes(cancelSeveralInput),
    responses: answers(
      z.object({ rows: z.array(z.object({ id: z.string(), done: z.boolean(), sentence: z.string() })) }),
      'What became of each, in order',
    ),
  }),
  async (c) => c.json({ rows: await cancelSeveral(signedInActor(c), c.req.valid('json')) }, 200),
);

jobs.openapi(
  createRoute({
    method: 'post',
    path: '/jobs/{id}/cancel',
    tags: ['Jobs'],
    summary: 'Cancel all of a submission that has not ended; nothing after this moment is billed',
    security: bearer,
    request: { params: idParam, body: noBody },
    responses: answers(array, 'The submission as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await cancelArray(actor, { arrayId: id });
    return c.json(toWire(await arrayOf(actor, id)), 200);
  },
);

jobs.openapi(
  createRoute({
    method: 'get',
    path: '/jobs/{id}/members',
    tags: ['Jobs'],
    summary: 'The jobs of a submission, by index',
    security: bearer,
    request: {
      params: idParam,
      query: z.object({
        state: z.enum([...JOB_OBSERVED, ...JOB_OUTCOMES]).optional(),
        after: z
          .string()
          .regex(/^\d{1,5}$/, 'Send the index that the page before ended with.')
          .transform(Number)
          .optional(),
      }),
    },
    responses: answers(z.object({ rows: z.array(job), next: z.int().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await jobsOf(signedInActor(c), c.req.valid('param').id, c.req.valid('query'))), 200),
);

jobs.openapi(
  createRoute({
    method: 'get',
    path: '/jobs/{id}/members/{index}',
    tags: ['Jobs'],
    summary: 'One job with its attempts: on which machines, how each came out, and what it cost',
    security: bearer,
    request: { params: indexParam },
    responses: answers(job, 'The job'),
  }),
  async (c) => {
    const { id, index } = c.req.valid('param');
    return c.json(toWire(await jobOf(signedInActor(c), id, index)), 200);
  },
);

jobs.openapi(
  createRoute({
    method: 'post',
    path: '/jobs/{id}/members/{index}/cancel',
    tags: ['Jobs'],
    summary: 'Cancel one job',
    security: bearer,
    request: { params: indexParam, body: noBody },
    responses: answers(job, 'The job as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id, index } = c.req.valid('param');
    const { id: jobId } = await jobOf(actor, id, index);
    await cancelJob(actor, { jobId });
    return c.json(toWire(await jobOf(actor, id, index)), 200);
  },
);

jobs.openapi(
  createRoute({
    method: 'get',
    path: '/jobs/{id}/members/{index}/logs',
    tags: ['Jobs'],
    summary: 'What a job printed in its latest attempt (or `attempt`), on its first machine (or `rank`)',
    description:
      'Without `after` the newest pieces; with it the next ones after that offset (`-1`: from the beginning).',
    security: bearer,
    request: {
      params: indexParam,
      query: z.object({
        attempt: z.coerce.number().int().min(1).optional(),
        rank: z.coerce.number().int().min(0).default(0),
        after: z
          .string()
          .regex(/^(-1|\d{1,15})$/, 'Write the offset of the last piece you have, or -1.')
          .transform(Number)
          .optional(),
      }),
    },
    responses: answers(
      z.object({
        bookingId: z.string(),
        rows: z.array(z.object({ offset: z.int(), at: instant, stream: z.string(), text: z.string() })),
      }),
      'Pieces of the log',
    ),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id, index } = c.req.valid('param');
    const { attempt, rank, after } = c.req.valid('query');
    const { tries } = await jobOf(actor, id, index);
    const chosen = attempt === undefined ? tries.at(-1) : tries.find(({ number }) => number === attempt);
    const bookingId = chosen?.bookings.find((booking) => booking.rank === rank)?.bookingId;
    if (bookingId === undefined) throw new Refusal('notFound', {}, 'It was on no such machine, or was not placed yet.');
    return c.json({ bookingId, rows: toWire(await logsOf(actor, bookingId, { after })) }, 200);
  },
);
