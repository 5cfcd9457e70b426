import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { MEASURE_NAMES, RANGE_NAMES, type Range } from '#lib/telemetry/measure.ts';
import { machineHealthForStaff, machineMetrics } from '#lib/telemetry/queries/machine-metrics.ts';
import { metricsOf } from '#lib/telemetry/queries/metrics.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';

const figures = z.array(z.number().nullable());
const series = z
  .object({
    measure: z.enum(MEASURE_NAMES),
    gpu: z.int().nullable().meta({ description: 'Which GPU of the booking, from 1 on; null for what is not a GPU’s' }),
    mean: figures,
    least: figures,
    most: figures,
  })
  .meta({ id: 'MetricSeries', description: 'A measure through time, its unit at the end of its name' });

const metric = z
  .object({
    range: z.enum(RANGE_NAMES),
    startsAt: instant,
    stepSeconds: z.int(),
    points: z.int(),
    series: z.array(series),
    simulated: z.boolean(),
  })
  .meta({ id: 'Metrics', description: 'Point i of each series begins at `startsAt` + i × `stepSeconds`' });

const ask = z.object({
  range: z.enum(RANGE_NAMES as [Range, ...Range[]]).default('15m'),
  since: z.iso.datetime({ message: 'Write an instant in UTC, like 2026-11-27T12:00:00Z.' }).optional(),
});

const spanOf = ({ range, since }: z.output<typeof ask>) => ({
  range,
  since: since === undefined ? undefined : new Date(since),
});

export const metrics = newDoor();

metrics.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/metrics',
    tags: ['Bookings'],
    summary: 'What a booking used: GPU, VRAM, power, temperature, CPU, RAM, disk, network; for its renter and its host',
    description:
      'Sampled every five seconds while it runs, kept for a day. Longer ranges have fewer points, each with the least and the most of its time. With `since` only points from that instant on: ask again with the beginning of your last point. The last point is still growing.',
    security: bearer,
    request: { params: idParam, query: ask },
    responses: answers(metric, 'What it used'),
  }),
  async (c) => {
    const found = await metricsOf(
      signedInActor(c),
      c.req.valid('param').id,
      spanOf(c.req.valid('query')),
      theWorld.now(),
    );
    return c.json(toWire(found), 200);
  },
);

metrics.openapi(
  createRoute({
    method: 'get',
    path: '/machines/{id}/metrics',
    tags: ['Machines'],
    summary: 'What the GPUs of a machine of yours did, rented or not: load, memory, power, temperature',
    description:
      'Each GPU by its place in the machine, from 1 on; sampled every five seconds while it is rented, every thirty while it is not. Otherwise as of a booking.',
    security: bearer,
    request: { params: idParam, query: ask },
    responses: answers(metric, 'What they did'),
  }),
  async (c) => {
    return c.json(
      toWire(
        await machineMetrics(signedInActor(c), c.req.valid('param').id, spanOf(c.req.valid('query')), theWorld.now()),
      ),
      200,
    );
  },
);

metrics.openapi(
  createRoute({
    method: 'get',
    path: '/admin/machines/{id}/metrics',
    tags: ['Staff'],
    summary: 'What the GPUs of a machine did while nobody rented them; for admins',
    description:
      'Each GPU by its place in the machine, from 1 on, sampled every thirty seconds. While a GPU is rented its figures are for its renter and its host only. Otherwise as of a booking.',
    security: bearer,
    request: { params: idParam, query: ask },
    responses: answers(metric, 'What they did'),
  }),
  async (c) => {
    const found = await machineHealthForStaff(
      signedInActor(c),
      c.req.valid('param').id,
      spanOf(c.req.valid('query')),
      theWorld.now(),
    );
    return c.json(toWire(found), 200);
  },
);
