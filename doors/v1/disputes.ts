import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { answerDispute } from '#lib/trust/answer-dispute.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { DISPUTE_STATES } from '#lib/trust/dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { disputeOf, disputesOf, findDisputes } from '#lib/trust/queries/disputes.ts';
import { answerDisputeInput, decideDisputeInput, openDisputeInput } from '#lib/trust/schema.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, pageEnd, signedInActor, takes, toWire } from './door.ts';

const named = z.object({ id: z.string(), name: z.string() });
const row = z.object({
  id: z.string(),
  state: z.enum(DISPUTE_STATES),
  booking: named,
  renter: named,
  host: named,
  amountMicros: decimal,
  reason: z.string(),
  openedAt: instant,
  answerUntil: instant,
  hostSaidAt: instant.nullable(),
  renterSaidAt: instant.nullable(),
  outcome: z.string().nullable().meta({ description: 'full, part or none; null until it is decided' }),
  givenMicros: decimal.nullable(),
  decidedAt: instant.nullable(),
});
const dispute = row
  .extend({
    side: z.enum(['renter', 'host', 'staff']),
    hostMicros: decimal,
    feeMicros: decimal,
    hostSays: z.string().nullable(),
    renterSays: z.string().nullable(),
    decision: z.string().nullable(),
    whyNotAnswer: z.string().nullable(),
    whyNotDecide: z.string().nullable(),
  })
  .meta({ id: 'Dispute', description: 'A charge that its renter contests; `whyNot…` say what may be done now' });
const page = z.object({ rows: z.array(row), next: z.string().nullable() });
const ask = z.object({
  state: z.enum(DISPUTE_STATES).optional(),
  before: pageEnd,
});

export const disputes = newDoor();

disputes.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/{id}/dispute',
    tags: ['Disputes'],
    summary: 'Contest what a booking cost, or a part of it, within seven days of its bill’s closing',
    security: bearer,
    request: { params: idParam, ...takes(openDisputeInput) },
    responses: answers(dispute, 'The dispute', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const input = { ...c.req.valid('json'), bookingId: c.req.valid('param').id };
    const { disputeId } = await openDispute(actor, input);
    return c.json(toWire(await disputeOf(actor, disputeId, theWorld.now())), 201);
  },
);

disputes.openapi(
  createRoute({
    method: 'get',
    path: '/disputes',
    tags: ['Disputes'],
    summary: 'Your disputes, as renter and as host, newest first',
    security: bearer,
    request: { query: ask },
    responses: answers(page, 'One page'),
  }),
  async (c) => c.json(toWire(await disputesOf(signedInActor(c), c.req.valid('query'))), 200),
);

disputes.openapi(
  createRoute({
    method: 'get',
    path: '/admin/disputes',
    tags: ['Admin'],
    summary: 'Everybody’s disputes, newest first',
    security: bearer,
    request: { query: ask },
    responses: answers(page, 'One page'),
  }),
  async (c) => c.json(toWire(await findDisputes(signedInActor(c), c.req.valid('query'))), 200),
);

disputes.openapi(
  createRoute({
    method: 'get',
    path: '/disputes/{id}',
    tags: ['Disputes'],
    summary: 'One dispute, for its two sides and staff',
    security: bearer,
    request: { params: idParam },
    responses: answers(dispute, 'The dispute'),
  }),
  async (c) => c.json(toWire(await disputeOf(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);

disputes.openapi(
  createRoute({
    method: 'post',
    path: '/disputes/{id}/answer',
    tags: ['Disputes'],
    summary: 'Say your side, once',
    security: bearer,
    request: { params: idParam, ...takes(answerDisputeInput) },
    responses: answers(dispute, 'The dispute as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await answerDispute(actor, { ...c.req.valid('json'), disputeId: id });
    return c.json(toWire(await disputeOf(actor, id, theWorld.now())), 200);
  },
);

disputes.openapi(
  createRoute({
    method: 'post',
    path: '/admin/disputes/{id}/decision',
    tags: ['Admin'],
    summary: 'Decide a dispute, once: all, a part or nothing for the renter',
    security: bearer,
    request: { params: idParam, ...takes(decideDisputeInput) },
    responses: answers(dispute, 'The dispute as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await decideDispute(actor, { ...c.req.valid('json'), disputeId: id });
    return c.json(toWire(await disputeOf(actor, id, theWorld.now())), 200);
  },
);
