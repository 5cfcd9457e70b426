import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { agentOf } from '#lib/agents/queries/agent.ts';
import { theWorld } from '#lib/base/time.ts';
import { blockOutlookOf } from '#lib/bookings/queries/block-outlook.ts';
import { gpusOfMachine } from '#lib/bookings/queries/machine-gpus.ts';
import { hostedRentals } from '#lib/bookings/queries/rentals.ts';
import { BLOCK_KINDS } from '#lib/catalogue/calendar.ts';
import { machineOf } from '#lib/catalogue/queries/machines.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, pageEnd, signedInActor, toWire } from './door.ts';

const holder = z
  .object({
    bookingId: z.string(),
    kind: z.enum(['onDemand', 'reserved', 'interruptible']),
    renterName: z.string(),
    startsAt: instant,
    endsAt: instant,
  })
  .nullable();

const whole = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    health: z.enum(['online', 'late', 'offline']),
    lastSyncAt: instant.nullable(),
    specification: z.looseObject({}).meta({ description: 'As the agent reads and measures it' }),
    agent: z.object({
      version: z.string(),
      versionState: z.enum(['current', 'older', 'newer', 'unknown']),
      connectedAt: instant.nullable(),
      updateLine: z.string(),
    }),
    gpus: z.array(z.object({ id: z.string(), uuid: z.string(), model: z.string(), now: holder, next: holder })),
  })
  .meta({ id: 'OwnMachine', description: 'A machine as its host sees it: everything' });

export const machineParts = newDoor();
const ofMachine = { tags: ['Machines'], security: bearer };

machineParts.openapi(
  createRoute({
    ...ofMachine,
    method: 'get',
    path: '/machines/{id}',
    summary: 'A machine of yours: how it is, its agent, who has each of its GPUs now and next, its listing',
    request: { params: idParam },
    responses: answers(whole, 'The machine'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    const now = theWorld.now();
    const [machine, gpus, agent] = await Promise.all([
      machineOf(actor, id, now),
      gpusOfMachine(actor, id, now),
      agentOf(actor, id),
    ]);
    return c.json(toWire({ ...machine, gpus, agent }), 200);
  },
);

const contract = z
  .looseObject({
    id: z.string(),
    kind: z.string(),
    renterName: z.string(),
    startsAt: instant,
    endsAt: instant,
    ahead: z.boolean().meta({ description: 'A reserved window that has not begun' }),
    terms: z
      .object({
        priceMicrosPerGpuHour: decimal,
        diskPriceMicrosPerGibMonth: decimal,
        feeBasisPoints: z.int(),
        gpuCount: z.int(),
        gpuModel: z.string(),
        diskBytes: decimal,
        cancellation: z.object({ freeSeconds: z.int(), shareBasisPoints: z.int() }).optional(),
        maintenanceNoticeSeconds: z.int().optional(),
      })
      .meta({ description: 'Frozen when it was booked: later edits of the listing do not touch it' }),
  })
  .meta({ id: 'Contract' });

machineParts.openapi(
  createRoute({
    ...ofMachine,
    method: 'get',
    path: '/machines/{id}/rentals',
    summary: 'What is, will be and was rented on a machine of yours, each with its own frozen terms; newest first',
    request: {
      params: idParam,
      query: z.object({ state: z.enum(['live', 'past', 'all']).default('all'), after: pageEnd }),
    },
    responses: answers(z.object({ rows: z.array(contract), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    const now = theWorld.now();
    // What is not theirs is not found, rather than empty.
    await agentOf(actor, id);
    return c.json(toWire(await hostedRentals(actor, { ...c.req.valid('query'), machineId: id }, now)), 200);
  },
);

const at = z.iso.datetime({ offset: true, error: 'Write an instant like 2027-01-31T22:00:00Z.' });
const met = z.looseObject({
  id: z.string(),
  name: z.string(),
  renterName: z.string(),
  kind: z.string(),
  startsAt: instant,
  endsAt: instant,
});

machineParts.openapi(
  createRoute({
    ...ofMachine,
    method: 'get',
    path: '/machines/{id}/blocks/outlook',
    summary: 'What taking time out of the calendar would do now: whom it ends, what stands in its way, what it costs',
    request: {
      params: idParam,
      query: z.object({ kind: z.enum(BLOCK_KINDS).default('maintenance'), startsAt: at, endsAt: at }),
    },
    responses: answers(
      z
        .object({
          ends: z.array(met.extend({ lostMicros: decimal })),
          keeps: z.array(met.extend({ why: z.string() })),
          lostMicros: decimal.meta({ description: 'What you do not earn in that time, after the fee, at most' }),
          possibleFrom: instant.nullable().meta({ description: 'When it could begin, where only notice is lacking' }),
        })
        .meta({ id: 'BlockOutlook' }),
      'As it would be now; setting the block decides anew',
    ),
  }),
  async (c) => {
    const { kind, startsAt, endsAt } = c.req.valid('query');
    const block = { kind, startsAt: new Date(startsAt), endsAt: new Date(endsAt) };
    const { id } = c.req.valid('param');
    return c.json(toWire(await blockOutlookOf(signedInActor(c), id, block, theWorld.now())), 200);
  },
);
