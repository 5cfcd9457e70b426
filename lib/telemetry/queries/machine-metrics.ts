import * as z from 'zod';
import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { UNRENTED_SAMPLE_SECONDS } from '#protocol/metrics.ts';
import type { Metrics } from '../measure.ts';
import { NEWEST_SECONDS, type Newest, newestOf } from '../newest.ts';
import { type Bucket, type MetricsAsk, seriesOf, spanOf } from './metrics.ts';

/** Of a permit, in whose order samples list GPUs. */
const permitGpus = z.object({ gpuUuids: z.array(z.string()) });

/**
 * What the GPUs of an own machine did, rented or not: each by its place in the machine, from 1 on. What is not theirs is not
 * found.
 */
export async function machineMetrics(actor: Actor, machineId: string, ask: MetricsAsk, now: Date): Promise<Metrics> {
  const machine = await machineWith({ id: machineId, hostId: actor.userId });
  return metricsFrom(machine, await rentedPlaces(machine, spanOf(ask, now)), ask, now);
}

/** What each GPU of an own machine did when it was looked at last, within the last minute and a half. What is not theirs is not found. */
export async function newestLooks(actor: Actor, machineId: string, now: Date): Promise<ReadonlyMap<number, Newest>> {
  return newestOf(
    await machineMetrics(actor, machineId, { range: '15m', since: addSeconds(now, -NEWEST_SECONDS) }, now),
  );
}

/**
 * What the GPUs of a machine did while nobody rented them, for admins: how a GPU is loaded and how warm it is while somebody
 * rents it is that renter's and the host's. Unknown ids are not found.
 */
export async function machineHealthForStaff(
  actor: Actor,
  machineId: string,
  ask: MetricsAsk,
  now: Date,
): Promise<Metrics> {
  requireAdmin(actor);
  return metricsFrom(await machineWith({ id: machineId }), [], ask, now);
}

type MachineGpus = Awaited<ReturnType<typeof machineWith>>;

async function machineWith(where: { readonly id: string; readonly hostId?: string }) {
  const machine = await db.machine.findFirst({
    where,
    select: {
      id: true,
      simulated: true,
      gpus: { where: { removedAt: null }, orderBy: { position: 'asc' }, select: { id: true, uuid: true } },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  return machine;
}

/** Where the samples of a booking speak of which GPU of the machine. */
type RentedPlace = { readonly bookingId: string; readonly position: number; readonly place: number };

async function rentedPlaces(
  { id, gpus }: MachineGpus,
  { startsAt, end }: { readonly startsAt: Date; readonly end: Date },
): Promise<RentedPlace[]> {
  const leases = await db.lease.findMany({
    where: {
      machineId: id,
      booking: { startedAt: { lt: end }, OR: [{ endedAt: null }, { endedAt: { gt: startsAt } }] },
    },
    select: { bookingId: true, permit: true },
  });
  const places = new Map(gpus.map(({ uuid }, index) => [uuid, index + 1]));
  return leases.flatMap(({ bookingId, permit }) =>
    permitGpus.parse(JSON.parse(permit)).gpuUuids.flatMap((uuid, index) => {
      const place = places.get(uuid);
      return place === undefined ? [] : [{ bookingId, position: index + 1, place }];
    }),
  );
}

async function metricsFrom(
  { simulated, gpus }: MachineGpus,
  rented: readonly RentedPlace[],
  ask: MetricsAsk,
  now: Date,
): Promise<Metrics> {
  const { stepSeconds, startsAt, end, points } = spanOf(ask, now);
  // What was said once stands for half a minute: where points are closer it is in each of them.
  const repeated = Math.max(1, Math.floor(UNRENTED_SAMPLE_SECONDS / stepSeconds)) - 1;
  const buckets =
    points === 0
      ? []
      : await db.$queryRaw<Bucket[]>`
          WITH looks AS (
            SELECT s.at, r.place, s.gpu_utilisation_percent[r.position]::float8 AS utilisation,
              s.gpu_memory_used_bytes[r.position]::float8 AS used, s.gpu_power_watts[r.position]::float8 AS power,
              s.gpu_temperature_celsius[r.position]::float8 AS temperature
            FROM unnest(${rented.map((row) => row.bookingId)}::text[], ${rented.map((row) => row.position)}::int[],
                ${rented.map((row) => row.place)}::int[]) AS r (booking, position, place)
              JOIN metric_samples s ON s.booking_id = r.booking AND s.at >= ${startsAt} AND s.at < ${end}
            UNION ALL
            SELECT s.at + n * ${`${stepSeconds} seconds`}::interval, g.place, s.utilisation_percent, s.memory_used_bytes,
              s.power_watts, s.temperature_celsius
            FROM unnest(${gpus.map(({ id }) => id)}::text[], ${gpus.map((_, index) => index + 1)}::int[]) AS g (id, place)
              JOIN gpu_samples s ON s.gpu_id = g.id AND s.at < ${end}
                AND s.at > ${startsAt}::timestamptz - ${`${UNRENTED_SAMPLE_SECONDS} seconds`}::interval,
              generate_series(0, ${repeated}::int) AS n
          )
          SELECT date_bin(${`${stepSeconds} seconds`}::interval, at, ${startsAt}::timestamptz) AS at, place AS gpu,
            ARRAY[avg(utilisation), min(utilisation), max(utilisation)]::float8[] AS "gpuUtilisationPercent",
            ARRAY[avg(used), min(used), max(used)]::float8[] AS "gpuMemoryUsedBytes",
            ARRAY[avg(power), min(power), max(power)]::float8[] AS "gpuPowerWatts",
            ARRAY[avg(temperature), min(temperature), max(temperature)]::float8[] AS "gpuTemperatureCelsius"
          FROM looks WHERE at >= ${startsAt} AND at < ${end} GROUP BY 1, 2`;
  const series = seriesOf(buckets, startsAt, stepSeconds, points).filter(({ gpu }) => gpu !== null);
  return { range: ask.range, startsAt, stepSeconds, points, series, simulated };
}
