import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { cancelStandingRequest, resumeStandingRequest } from '#lib/bookings/close-standing-request.ts';
import { editStandingRequest } from '#lib/bookings/edit-standing-request.ts';
import { makeStandingRequest } from '#lib/bookings/make-standing-request.ts';
import { previewStanding, standingRequestOf, standingRequestsOf } from '#lib/bookings/queries/standing-requests.ts';
import { SERVING_MISFITS } from '#lib/bookings/standing-fit.ts';
import { REQUEST_ACTIONS, STANDING_MODES, STANDING_STATES } from '#lib/bookings/standing-request.ts';
import { makeStandingInput, standingChangeInput, standingWishInput } from '#lib/bookings/standing-schema.ts';
import {
  answers,
  bearer,
  decimal,
  idempotencyHeader,
  idParam,
  instant,
  newDoor,
  pageEnd,
  signedInActor,
  takes,
  toWire,
} from './door.ts';

const misfit = z.enum(SERVING_MISFITS);
const offer = z.looseObject({ listingId: z.string(), machineName: z.string(), priceMicrosPerGpuHour: decimal });
const report = z
  .object({
    offered: z.int(),
    fitting: z.array(offer).meta({ description: 'What serves it now, the cheapest first' }),
    taken: z.int().meta({ description: 'What would serve it if others did not have it now' }),
    misfits: z.array(z.object({ misfit, offers: z.int() })),
    nearest: z
      .array(z.object({ offer, lacks: z.array(misfit) }))
      .meta({ description: 'When nothing could serve it even if it were free: what lacks the fewest things' }),
  })
  .meta({ id: 'StandingReport', description: 'How a request stands in the market, with the counts per reason' });

const row = z.looseObject({
  id: z.string(),
  name: z.string(),
  mode: z.enum(STANDING_MODES),
  state: z.enum(STANDING_STATES),
  maxPriceMicrosPerGpuHour: decimal,
  capMicros: decimal,
  durationSeconds: z.int(),
  startBy: instant,
  finishBy: instant,
  trouble: z.string().nullable(),
  openAnswers: z.int(),
  bookingId: z.string().nullable(),
  actions: z.array(z.enum(REQUEST_ACTIONS)),
});
const standing = row
  .extend({
    report: report.nullable(),
    answers: z.array(
      z.looseObject({
        id: z.string(),
        priceMicrosPerGpuHour: decimal,
        wholeMicros: decimal,
        expiresAt: instant,
        whyNotAccept: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'StandingRequest', description: 'What its renter waits for; nothing is held while it waits' });
const tags = ['Standing requests'];

export const standingRequests = newDoor();

standingRequests.openapi(
  createRoute({
    method: 'post',
    path: '/standing-requests',
    tags,
    summary: 'Wait for a GPU: book it, be told, or ask hosts for a price when there is one',
    description:
      'Takes no environment variables: until a machine is known there is no key to seal them to, and the market keeps none that it can read.',
    security: bearer,
    request: { ...takes(makeStandingInput), headers: idempotencyHeader },
    responses: answers(standing, 'It stands (or the one that this key made before)', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    const { requestId } = await makeStandingRequest(actor, { ...c.req.valid('json'), idempotencyKey });
    return c.json(toWire(await standingRequestOf(actor, requestId, theWorld.now())), 201);
  },
);

standingRequests.openapi(
  createRoute({
    method: 'post',
    path: '/standing-requests/preview',
    tags,
    summary: 'How a request would stand in the market now; makes nothing',
    security: bearer,
    request: takes(standingWishInput),
    responses: answers(report, 'What serves it, and why the rest does not'),
  }),
  async (c) => c.json(toWire(await previewStanding(signedInActor(c), c.req.valid('json'), theWorld.now())), 200),
);

standingRequests.openapi(
  createRoute({
    method: 'get',
    path: '/standing-requests',
    tags,
    summary: 'Your requests, newest first',
    security: bearer,
    request: { query: z.object({ state: z.enum(['waiting', 'past', 'all']).default('all'), after: pageEnd }) },
    responses: answers(z.object({ rows: z.array(row), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await standingRequestsOf(signedInActor(c), c.req.valid('query'), theWorld.now())), 200),
);

standingRequests.openapi(
  createRoute({
    method: 'get',
    path: '/standing-requests/{id}',
    tags,
    summary: 'One request, with its answers and why nothing has matched yet',
    security: bearer,
    request: { params: idParam },
    responses: answers(standing, 'The request'),
  }),
  async (c) => c.json(toWire(await standingRequestOf(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);

standingRequests.openapi(
  createRoute({
    method: 'patch',
    path: '/standing-requests/{id}',
    tags,
    summary: 'Change price, cap, places or deadline of a request while it waits; what is left out stays',
    description:
      'A cap that was made from the price follows it. Answers of hosts stay, and are held to the request as it is when one is accepted.',
    security: bearer,
    request: { params: idParam, ...takes(standingChangeInput) },
    responses: answers(standing, 'The request as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await editStandingRequest(actor, { ...c.req.valid('json'), requestId: id });
    return c.json(toWire(await standingRequestOf(actor, id, theWorld.now())), 200);
  },
);

const ACTS = [
  ['cancel', 'Take a request back', cancelStandingRequest],
  ['resume', 'Try again at once what waits for its next try, or paused', resumeStandingRequest],
] as const;
for (const [word, summary, act] of ACTS)
  standingRequests.openapi(
    createRoute({
      method: 'post',
      path: `/standing-requests/{id}/${word}`,
      tags,
      summary,
      security: bearer,
      request: { params: idParam },
      responses: answers(standing, 'The request as it is now'),
    }),
    async (c) => {
      const actor = signedInActor(c);
      const { id } = c.req.valid('param');
      await act(actor, { requestId: id });
      return c.json(toWire(await standingRequestOf(actor, id, theWorld.now())), 200);
    },
  );
