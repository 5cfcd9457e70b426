import * as z from 'zod';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import type { Metrics } from '../measure.ts';
import { type Bucket, type MetricsAsk, seriesOf, spanOf } from './metrics.ts';

/** Of a permit, in whose order samples list GPUs. */
const permitGpus = z.object({ gpuUuids: z.array(z.string()) });

/**
 * What the GPUs of an own machine did while they were rented, whoever rented them: each by its place in the machine, from 1
 * on. What is not theirs is not found. A time in which a GPU was not rented has no points: agents sample only then.
 */
export async function machineMetrics(actor: Actor, machineId: string, ask: MetricsAsk, now: Date): Promise<Metrics> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: {
      simulated: true,
      gpus: { where: { removedAt: null }, orderBy: { position: 'asc' }, select: { uuid: true } },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  const { stepSeconds, startsAt, end, points } = spanOf(ask, now);
  const leases = await db.lease.findMany({
    where: {
      machineId,
      booking: { startedAt: { lt: end }, OR: [{ endedAt: null }, { endedAt: { gt: startsAt } }] },
    },
    select: { bookingId: true, permit: true },
  });
  const places = new Map(machine.gpus.map(({ uuid }, index) => [uuid, index + 1]));
  const rows = leases.flatMap(({ bookingId, permit }) =>
    permitGpus.parse(JSON.parse(permit)).gpuUuids.flatMap((uuid, index) => {
      const place = places.get(uuid);
      return place === undefined ? [] : [{ bookingId, position: index + 1, place }];
    }),
  );
  const buckets =
    rows.length === 0 || points === 0
      ? []
      : await db.$queryRaw<Bucket[]>`
          SELECT date_bin(${`${stepSeconds} seconds`}::interval, s.at, ${startsAt}::timestamptz) AS at, r.place AS gpu,
            ARRAY[avg(g.utilisation), min(g.utilisation), max(g.utilisation)]::float8[] AS "gpuUtilisationPercent",
            ARRAY[avg(g.used), min(g.used), max(g.used)]::float8[] AS "gpuMemoryUsedBytes",
            ARRAY[avg(g.power), min(g.power), max(g.power)]::float8[] AS "gpuPowerWatts",
            ARRAY[avg(g.temperature), min(g.temperature), max(g.temperature)]::float8[] AS "gpuTemperatureCelsius"
          FROM unnest(${rows.map((row) => row.bookingId)}::text[], ${rows.map((row) => row.position)}::int[],
              ${rows.map((row) => row.place)}::int[]) AS r (booking, position, place)
            JOIN metric_samples s ON s.booking_id = r.booking AND s.at >= ${startsAt} AND s.at < ${end},
            LATERAL (SELECT s.gpu_utilisation_percent[r.position]::float8 AS utilisation,
              s.gpu_memory_used_bytes[r.position]::float8 AS used, s.gpu_power_watts[r.position]::float8 AS power,
              s.gpu_temperature_celsius[r.position]::float8 AS temperature) AS g
          GROUP BY 1, 2`;
  const series = seriesOf(buckets, startsAt, stepSeconds, points).filter(({ gpu }) => gpu !== null);
  return { range: ask.range, startsAt, stepSeconds, points, series, simulated: machine.simulated };
}
