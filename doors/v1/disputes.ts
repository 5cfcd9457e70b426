import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { ABOUTS, DISPUTE_STATES, ENDINGS, TURNS } from '#lib/trust/dispute.ts';
import { MOVES, MOVES_TOLD } from '#lib/trust/dispute-move.ts';
import { EVIDENCE_KINDS } from '#lib/trust/evidence.ts';
import { INTERRUPTION_KINDS } from '#lib/trust/interruption.ts';
import { moveDispute } from '#lib/trust/move-dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { contestableOf } from '#lib/trust/queries/contestable.ts';
import { disputeOf, evidenceOf } from '#lib/trust/queries/dispute.ts';
import { disputesOf, findDisputes } from '#lib/trust/queries/disputes.ts';
import { proposalOf } from '#lib/trust/queries/telemetry.ts';
import { decideDisputeInput, moveDisputeInput, openDisputeInput } from '#lib/trust/schema.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, pageEnd, signedInActor, takes, toWire } from './door.ts';

const named = z.object({ id: z.string(), name: z.string() });
const row = z.object({
  id: z.string(),
  state: z.enum(DISPUTE_STATES),
  about: z.enum(ABOUTS).meta({ description: 'Which charge: what was used, or what giving a window back cost' }),
  turn: z.enum(TURNS).nullable().meta({ description: 'Whose move it waits for; null when it is decided' }),
  booking: named,
  renter: named,
  host: named,
  amountMicros: decimal,
  askedMicros: decimal.meta({ description: 'What the renter would be content with now' }),
  offeredMicros: decimal.nullable().meta({ description: 'What the host offered last' }),
  proposedMicros: decimal.meta({ description: 'What the rule proposed from the telemetry' }),
  reason: z.string(),
  openedAt: instant,
  answerUntil: instant.meta({ description: 'The deadline of a side’s turn; since when it waits for an admin' }),
  hostSaidAt: instant.nullable(),
  outcome: z.string().nullable().meta({ description: 'full, part or none; null until it is decided' }),
  givenMicros: decimal.nullable(),
  how: z.enum(ENDINGS).nullable(),
  decidedAt: instant.nullable(),
});
/** Of a picture that can be shown. */
export const pictureSize = z.object({ widthPixels: z.int(), heightPixels: z.int() });
const piece = z.object({
  id: z.string(),
  kind: z.enum(EVIDENCE_KINDS),
  title: z.string(),
  hash: z.string().meta({ description: 'SHA-256 of its exact text, in hex' }),
  at: instant,
  picture: pictureSize
    .nullable()
    .meta({ description: 'Of a picture that can be shown: `/picture` behind its address; null for everything else' }),
});
const step = z.object({
  number: z.int(),
  side: z.enum(['renter', 'host', 'staff', 'market']),
  move: z.enum(MOVES_TOLD),
  amountMicros: decimal.nullable(),
  text: z.string(),
  at: instant,
  evidence: z.array(piece),
});
const dispute = row
  .extend({
    side: z.enum(['renter', 'host', 'staff']),
    hostMicros: decimal,
    feeMicros: decimal,
    decision: z.string().nullable(),
    steps: z.array(step),
    actions: z.array(z.enum(MOVES)).meta({ description: 'What you may do now' }),
    whyNotDecide: z.string().nullable(),
  })
  .meta({ id: 'Dispute', description: 'A charge that its renter contests, with every step since' });
const page = z.object({ rows: z.array(row), next: z.string().nullable() });
const ask = z.object({
  state: z.enum(DISPUTE_STATES).optional(),
  turn: z
    .enum([...TURNS, 'me'])
    .optional()
    .meta({ description: 'Only those that wait for this one; `me`: for you' }),
  before: pageEnd,
});

export const disputes = newDoor();

const contestable = z
  .object({
    charges: z.array(
      z.object({
        about: z.enum(ABOUTS),
        mostMicros: decimal,
        until: instant.nullable(),
        whyNot: z.string().nullable().meta({ description: 'Why it cannot be contested now; null when it can' }),
      }),
    ),
    disputes: z.array(
      z.object({
        id: z.string(),
        about: z.enum(ABOUTS),
        state: z.string(),
        amountMicros: decimal,
        givenMicros: decimal.nullable(),
      }),
    ),
    interruptions: z.array(
      z.object({ kind: z.enum(INTERRUPTION_KINDS), from: instant, until: instant, chargedMicros: decimal }),
    ),
    proposedMicros: decimal.meta({ description: 'What the rule would propose to give back for them' }),
  })
  .meta({ id: 'Contestable' });

disputes.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/dispute',
    tags: ['Disputes'],
    summary: 'What of a booking can be contested, what was, and which interruptions the market recorded',
    security: bearer,
    request: { params: idParam },
    responses: answers(contestable, 'As it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    const now = theWorld.now();
    const [contested, proposal] = await Promise.all([contestableOf(actor, id, now), proposalOf(actor, id, now)]);
    return c.json(toWire({ ...contested, ...proposal }), 200);
  },
);

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
    summary: 'One dispute with its thread, for its two sides and staff',
    security: bearer,
    request: { params: idParam },
    responses: answers(dispute, 'The dispute'),
  }),
  async (c) => c.json(toWire(await disputeOf(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);

disputes.openapi(
  createRoute({
    method: 'post',
    path: '/disputes/{id}/moves',
    tags: ['Disputes'],
    summary: 'Accept, offer, answer, hand it to an admin, take it back, or add something',
    description:
      '`actions` of the dispute says which of these are yours now. `offer` is what a host offers and what a renter would take instead.',
    security: bearer,
    request: { params: idParam, ...takes(moveDisputeInput) },
    responses: answers(dispute, 'The dispute as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await moveDispute(actor, { ...c.req.valid('json'), disputeId: id });
    return c.json(toWire(await disputeOf(actor, id, theWorld.now())), 200);
  },
);

disputes.openapi(
  createRoute({
    method: 'get',
    path: '/disputes/{id}/evidence/{evidenceId}',
    tags: ['Disputes'],
    summary: 'One piece of evidence, to the byte that its hash is of',
    security: bearer,
    request: { params: idParam.extend({ evidenceId: z.string() }) },
    responses: answers(
      piece.extend({
        side: z.enum(['renter', 'host', 'market']).meta({ description: 'Who laid it down' }),
        payload: z.string(),
        fileKept: z.boolean().meta({ description: 'Whether the file that it names can be downloaded still' }),
      }),
      'The evidence',
    ),
  }),
  async (c) => {
    const { id: disputeId, evidenceId } = c.req.valid('param');
    return c.json(toWire(await evidenceOf(signedInActor(c), { disputeId, evidenceId })), 200);
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
