import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, isBefore, SECOND } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { MEASURE_NAMES, MEASURES, type Measure, type Metrics, RANGES, type Range, type Series } from '../measure.ts';
import { onGrid } from '../sample.ts';

export type MetricsAsk = {
  readonly range: Range;
  /** Only points that begin at or after this instant: what changed since the last look. */
  readonly since?: Date | undefined;
};

/** Mean, least, most. */
type Figures = readonly (number | null)[] | null;
export type Bucket = { readonly at: Date; readonly gpu: number | null } & Partial<Record<Measure, Figures>>;

/**
 * What a booking used in the last minutes or hours, for its renter and its host; what is neither's is not found, also for
 * staff. Points that nobody sampled are null.
 */
export async function metricsOf(actor: Actor, bookingId: string, ask: MetricsAsk, now: Date): Promise<Metrics> {
  const booking = await db.booking.findFirst({
    where: { id: bookingId, OR: [{ renterId: actor.userId }, { hostId: actor.userId }] },
    select: { machine: { select: { simulated: true } } },
  });
  if (booking === null) throw new Refusal('notFound');
  const { stepSeconds, startsAt, end, points } = spanOf(ask, now);
  const buckets = points === 0 ? [] : await bucketsOf(bookingId, startsAt, end, stepSeconds);
  const series = seriesOf(buckets, startsAt, stepSeconds, points);
  return { range: ask.range, startsAt, stepSeconds, points, series, simulated: booking.machine.simulated };
}

/** The points that were asked for: the first begins at `startsAt`, the last one ends at `end`. */
export function spanOf(ask: MetricsAsk, now: Date): { stepSeconds: number; startsAt: Date; end: Date; points: number } {
  const { seconds, stepSeconds } = RANGES[ask.range];
  const end = addSeconds(onGrid(now, stepSeconds), stepSeconds);
  const earliest = addSeconds(end, -seconds);
  const wanted = ask.since === undefined ? earliest : onGrid(ask.since, stepSeconds);
  const startsAt = isBefore(wanted, earliest) ? earliest : wanted;
  const points = Math.max(0, Math.round((end.getTime() - startsAt.getTime()) / SECOND / stepSeconds));
  return { stepSeconds, startsAt, end, points };
}

async function bucketsOf(bookingId: string, from: Date, to: Date, stepSeconds: number): Promise<Bucket[]> {
  const step = `${stepSeconds} seconds`;
  const [whole, perGpu] = await Promise.all([
    db.$queryRaw<Bucket[]>`
      SELECT date_bin(${step}::interval, at, ${from}::timestamptz) AS at, NULL AS gpu,
        ARRAY[avg(cpu_millis::float8), min(cpu_millis), max(cpu_millis)]::float8[] AS "cpuMillis",
        ARRAY[avg(memory_bytes::float8), min(memory_bytes), max(memory_bytes)]::float8[] AS "memoryBytes",
        ARRAY[avg(disk_read_bytes_per_second::float8), min(disk_read_bytes_per_second),
          max(disk_read_bytes_per_second)]::float8[] AS "diskReadBytesPerSecond",
        ARRAY[avg(disk_write_bytes_per_second::float8), min(disk_write_bytes_per_second),
          max(disk_write_bytes_per_second)]::float8[] AS "diskWriteBytesPerSecond",
        ARRAY[avg(network_down_bits_per_second::float8), min(network_down_bits_per_second),
          max(network_down_bits_per_second)]::float8[] AS "networkDownBitsPerSecond",
        ARRAY[avg(network_up_bits_per_second::float8), min(network_up_bits_per_second),
          max(network_up_bits_per_second)]::float8[] AS "networkUpBitsPerSecond"
      FROM metric_samples WHERE booking_id = ${bookingId} AND at >= ${from} AND at < ${to} GROUP BY 1`,
    db.$queryRaw<Bucket[]>`
      SELECT date_bin(${step}::interval, at, ${from}::timestamptz) AS at, g.position::int AS gpu,
        ARRAY[avg(g.utilisation::float8), min(g.utilisation), max(g.utilisation)]::float8[] AS "gpuUtilisationPercent",
        ARRAY[avg(g.used::float8), min(g.used), max(g.used)]::float8[] AS "gpuMemoryUsedBytes",
        ARRAY[avg(g.power::float8), min(g.power), max(g.power)]::float8[]
          AS "gpuPowerWatts",
        ARRAY[avg(g.temperature::float8), min(g.temperature), max(g.temperature)]::float8[] AS "gpuTemperatureCelsius"
      FROM metric_samples, unnest(gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius)
        WITH ORDINALITY AS g (utilisation, used, power, temperature, position)
      WHERE booking_id = ${bookingId} AND at >= ${from} AND at < ${to} GROUP BY 1, 2`,
  ]);
  return [...perGpu, ...whole];
}

/** The series of some buckets; a measure that none of them has is left out. */
export function seriesOf(buckets: readonly Bucket[], startsAt: Date, stepSeconds: number, points: number): Series[] {
  const gpus = [...new Set(buckets.map(({ gpu }) => gpu))].toSorted((a, b) => (a ?? 0) - (b ?? 0));
  return MEASURE_NAMES.flatMap((measure) => {
    const places = gpus.filter((gpu) => (gpu !== null) === MEASURES[measure].perGpu);
    return places.map((gpu) => {
      const [mean, least, most] = [blank(points), blank(points), blank(points)];
      for (const bucket of buckets) {
        if (bucket.gpu !== gpu) continue;
        const index = Math.round((bucket.at.getTime() - startsAt.getTime()) / SECOND / stepSeconds);
        const figures = bucket[measure] ?? [];
        mean[index] = rounded(figures[0]);
        least[index] = rounded(figures[1]);
        most[index] = rounded(figures[2]);
      }
      return { measure, gpu, mean, least, most };
    });
  });
}

/** Figures are exact to a tenth of their unit, which no chart shows. */
function rounded(figure: number | null | undefined): number | null {
  return figure === null || figure === undefined ? null : Math.round(figure * 10) / 10;
}

function blank(points: number): (number | null)[] {
  return Array.from({ length: points }, () => null);
}
