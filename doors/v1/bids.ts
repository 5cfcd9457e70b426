import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { BID_PHASES, MOST_GPUS_OF_A_BID } from '#lib/bookings/bid.ts';
import { cancelBid } from '#lib/bookings/cancel-bid.ts';
import { editBid } from '#lib/bookings/edit-bid.ts';
import { oddsSentence } from '#lib/bookings/odds.ts';
import { placeBid } from '#lib/bookings/place-bid.ts';
import { bidOf, bidsOf } from '#lib/bookings/queries/bids.ts';
import { clearingPrices } from '#lib/bookings/queries/clearing-prices.ts';
import { editBidInput, placeBidInput } from '#lib/bookings/schema.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { setBidRuleInput } from '#lib/catalogue/schema.ts';
import { setBidRule } from '#lib/catalogue/set-bid-rule.ts';
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

const bid = z
  .object({
    id: z.string(),
    name: z.string(),
    image: z.string(),
    command: z.array(z.string()).nullable(),
    models: z.array(z.string()),
    listingId: z.string().nullable().meta({ description: 'The only listing that it is for; null: any with the model' }),
    gpuCount: z.int(),
    diskBytes: decimal,
    microsPerGpuHour: decimal.meta({ description: 'The most that it pays: the clearing price is charged' }),
    regions: z.array(z.string()).meta({ description: 'Continents and countries; empty: anywhere' }),
    leastTrust: z.enum(TRUST_TIERS),
    capMicros: decimal
      .nullable()
      .meta({ description: 'The most that all of its rentals may cost, less what came back' }),
    spentMicros: decimal.meta({ description: 'What its rentals have cost, less what came back' }),
    hasEnvironment: z.boolean().meta({ description: 'Whether it has environment variables, kept while it is open' }),
    mostMicrosPerGpuHour: decimal
      .nullable()
      .meta({ description: 'The most it can be raised to while it has a rental' }),
    phase: z.enum(BID_PHASES),
    sentence: z.string().nullable(),
    detail: z.string().nullable(),
    rental: z
      .object({
        bookingId: z.string(),
        machineName: z.string(),
        gpuModel: z.string(),
        microsPerGpuHour: decimal.nullable().meta({ description: 'What it pays now' }),
        endsAt: instant,
        diskUntil: instant.nullable(),
      })
      .nullable(),
    createdAt: instant,
    closedAt: instant.nullable(),
    actions: z.array(z.enum(['edit', 'cancel'])),
  })
  .meta({ id: 'Bid', description: 'A bid for an interruptible rental' });

export const bids = newDoor();

bids.openapi(
  createRoute({
    method: 'post',
    path: '/bids',
    tags: ['Bids'],
    summary: 'Bid for an interruptible rental, of one listing or of any machine with one of the models',
    description:
      'Whoever books on demand or reserves comes first; among bids the better-paying. A rental is told before it is stopped (the default is two minutes), its disk is kept for three days, and it goes on by itself when its bid wins again. Everybody pays the clearing price: rentals are charged by the bid, and the difference comes back every quarter of an hour. A bid has no machine yet, so this market keeps its environment variables encrypted under a key of its own while it is open, and seals them to each machine that it gets; those of a booking are sealed at once.',
    security: bearer,
    request: { ...takes(placeBidInput), headers: idempotencyHeader },
    responses: answers(bid, 'The bid (or the one that this key made before)', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    const { bidId } = await placeBid(actor, { ...c.req.valid('json'), idempotencyKey });
    return c.json(toWire(await bidOf(actor, { id: bidId })), 201);
  },
);

bids.openapi(
  createRoute({
    method: 'get',
    path: '/bids',
    tags: ['Bids'],
    summary: 'Your bids, newest first',
    security: bearer,
    request: { query: z.object({ state: z.enum(['open', 'closed', 'all']).default('all'), after: pageEnd }) },
    responses: answers(z.object({ rows: z.array(bid), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await bidsOf(signedInActor(c), c.req.valid('query'))), 200),
);

bids.openapi(
  createRoute({
    method: 'get',
    path: '/bids/{id}',
    tags: ['Bids'],
    summary: 'One bid',
    security: bearer,
    request: { params: idParam },
    responses: answers(bid, 'The bid'),
  }),
  async (c) => c.json(toWire(await bidOf(signedInActor(c), c.req.valid('param'))), 200),
);

bids.openapi(
  createRoute({
    method: 'patch',
    path: '/bids/{id}',
    tags: ['Bids'],
    summary: 'Change what is bid; with a rental not above what was frozen when it was made',
    security: bearer,
    request: { params: idParam, ...takes(editBidInput.omit({ bidId: true })) },
    responses: answers(bid, 'The bid as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await editBid(actor, { bidId: id, ...c.req.valid('json') });
    return c.json(toWire(await bidOf(actor, { id })), 200);
  },
);

bids.openapi(
  createRoute({
    method: 'delete',
    path: '/bids/{id}',
    tags: ['Bids'],
    summary: 'Take a bid back; its rental ends and its disk is deleted',
    security: bearer,
    request: { params: idParam },
    responses: answers(bid, 'The bid, over'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await cancelBid(actor, { bidId: id });
    return c.json(toWire(await bidOf(actor, { id })), 200);
  },
);

bids.openapi(
  createRoute({
    method: 'get',
    path: '/clearing-prices',
    tags: ['Bids'],
    summary: 'What an interruptible GPU-hour costs now, by model, and the odds of a bid',
    request: {
      query: z.object({
        model: z.string().min(1).max(100).optional(),
        gpuCount: z.coerce.number().int().min(1).max(MOST_GPUS_OF_A_BID).default(1),
        microsPerGpuHour: decimal.optional().meta({ description: 'A bid whose odds are asked for' }),
      }),
    },
    responses: answers(
      z.object({
        rows: z.array(
          z.object({
            model: z.string(),
            at: instant,
            microsPerGpuHour: decimal.nullable(),
            entryMicros: decimal
              .nullable()
              .meta({ description: 'The least with which one more bid of this size gets in' }),
            offeredGpus: z.int(),
            rentedGpus: z.int(),
            waitingGpus: z.int(),
            wouldHaveRun: z.array(z.object({ basisPoints: z.int(), microsPerGpuHour: decimal.nullable() })).meta({
              description:
                'The least bid that would have run for such a share of the past week; null: none, or too little history',
            }),
            coveredMs: z.number().meta({ description: 'How much of the past week has a history' }),
            odds: z
              .object({ basisPoints: z.int().nullable(), coveredMs: z.number(), sentence: z.string() })
              .nullable()
              .meta({ description: 'In which share of the past week such a bid would have run; null without one' }),
          }),
        ),
      }),
      'By model',
    ),
  }),
  async (c) => {
    const { microsPerGpuHour, ...ask } = c.req.valid('query');
    const bidden = microsPerGpuHour === undefined ? null : BigInt(microsPerGpuHour);
    const rows = await clearingPrices({ ...ask, microsPerGpuHour: bidden }, theWorld.now());
    const told = rows.map((row) => ({
      ...row,
      odds: row.odds === null ? null : { ...row.odds, sentence: oddsSentence(row.odds) },
    }));
    return c.json({ rows: toWire(told) }, 200);
  },
);

bids.openapi(
  createRoute({
    method: 'put',
    path: '/machines/{id}/bids',
    tags: ['Machines'],
    summary: 'Whether idle GPUs of your machine go to whoever bids, and the least that you take',
    security: bearer,
    request: { params: idParam, ...takes(setBidRuleInput.omit({ machineId: true })) },
    responses: answers(z.object({ takesBids: z.boolean() }), 'As it is now'),
  }),
  async (c) => {
    const input = c.req.valid('json');
    await setBidRule(signedInActor(c), { machineId: c.req.valid('param').id, ...input });
    return c.json({ takesBids: input.takesBids }, 200);
  },
);
