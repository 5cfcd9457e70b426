import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { acceptAnswer } from '#lib/bookings/accept-answer.ts';
import { answerRequest, withdrawAnswer } from '#lib/bookings/answer-request.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { requestsForHost } from '#lib/bookings/queries/requests-for-host.ts';
import { acceptAnswerInput, answerRequestInput } from '#lib/bookings/standing-schema.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const tags = ['Standing requests'];
const made = z.object({ answerId: z.string() });
const forHost = z
  .looseObject({
    id: z.string(),
    gpuCount: z.int(),
    maxPriceMicrosPerGpuHour: decimal,
    durationSeconds: z.int(),
    startBy: instant,
    finishBy: instant,
    machines: z.array(z.looseObject({ machineId: z.string(), free: z.boolean() })),
  })
  .meta({
    id: 'RequestForHost',
    description: 'What is wanted and for how much, not by whom; and your machines for it',
  });

/** The host's side of standing requests, and what a renter does with an answer. */
export const standingAnswers = newDoor();

standingAnswers.openapi(
  createRoute({
    method: 'get',
    path: '/host/standing-requests',
    tags,
    summary: 'Open requests that ask hosts and that your machines could serve, newest first',
    security: bearer,
    responses: answers(z.object({ rows: z.array(forHost) }), 'The requests'),
  }),
  async (c) => c.json({ rows: toWire(await requestsForHost(signedInActor(c), theWorld.now())) }, 200),
);

standingAnswers.openapi(
  createRoute({
    method: 'post',
    path: '/standing-requests/{id}/answers',
    tags,
    summary: 'Answer a request with a price for one of your machines: an offer to that renter only',
    security: bearer,
    request: { params: idParam, ...takes(answerRequestInput) },
    responses: answers(made, 'Answered', 201),
  }),
  async (c) => {
    const input = { ...c.req.valid('json'), requestId: c.req.valid('param').id };
    return c.json(await answerRequest(signedInActor(c), input), 201);
  },
);

standingAnswers.openapi(
  createRoute({
    method: 'post',
    path: '/standing-answers/{id}/withdraw',
    tags,
    summary: 'Take an answer of yours back',
    security: bearer,
    request: { params: idParam },
    responses: answers(made, 'Taken back'),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    await withdrawAnswer(signedInActor(c), { answerId: id });
    return c.json({ answerId: id }, 200);
  },
);

standingAnswers.openapi(
  createRoute({
    method: 'post',
    path: '/standing-answers/{id}/accept',
    tags,
    summary: 'Take a host’s answer to your request: it is booked at that price from now on',
    security: bearer,
    request: { params: idParam, ...takes(acceptAnswerInput) },
    responses: answers(z.looseObject({ id: z.string() }), 'The booking', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { bookingId } = await acceptAnswer(actor, { ...c.req.valid('json'), answerId: c.req.valid('param').id });
    return c.json(toWire(await rentalOf(actor, bookingId, theWorld.now())), 201);
  },
);
