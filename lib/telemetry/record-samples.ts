import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { GpuSample, MetricsRequest } from '#protocol/metrics.ts';
import { bookingsUnder } from './queries/leases.ts';
import { type PlacedSample, placed } from './sample.ts';

/**
 * Keeps what a machine's rentals used; a sample that was sent before is kept once. Returns how many were new.
 * Refuses: `agentUnknown`, `sessionOver`, `notFound` (a lease of another machine), `badInput` (a sample of the future).
 */
export async function recordSamples(token: string, request: MetricsRequest, world: World = theWorld): Promise<number> {
  const bookings = await bookingsUnder(token, [...new Set(request.samples.map(({ leaseId }) => leaseId))]);
  const samples = placed(request.samples, world.now());
  if (samples.length === 0) return 0;
  return inTransaction('record-samples', (tx) => {
    const column = <Value>(of: (sample: PlacedSample) => Value) => samples.map(of);
    const gpus = (of: (gpu: GpuSample) => number | null) => column((sample) => arrayText(sample.gpus.map(of)));
    // Nobody is hurt by five seconds that a crash of the database forgets: this commit does not wait for the disk.
    return tx.$executeRaw`
      WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
      INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts,
        gpu_temperature_celsius, cpu_millis, memory_bytes, disk_read_bytes_per_second, disk_write_bytes_per_second,
        network_down_bits_per_second, network_up_bits_per_second, listening_ports)
      SELECT s.booking, s.at, s.utilisation::real[]::smallint[], s.used::bigint[], s.power::real[],
        s.temperature::real[]::smallint[], s.cpu, s.memory, s.read, s.write, s.down, s.up, s.ports::integer[]
      FROM quick, unnest(
        ${column(({ leaseId }) => bookings.get(leaseId) ?? '')}::text[], ${column(({ at }) => at)}::timestamptz[],
        ${gpus((gpu) => gpu.utilisationPercent)}::text[], ${gpus((gpu) => gpu.memoryUsedBytes)}::text[],
        ${gpus((gpu) => gpu.powerWatts)}::text[], ${gpus((gpu) => gpu.temperatureCelsius)}::text[],
        ${column((sample) => sample.cpuMillis)}::int[], ${column((sample) => sample.memoryBytes)}::bigint[],
        ${column((sample) => sample.diskReadBytesPerSecond)}::bigint[],
        ${column((sample) => sample.diskWriteBytesPerSecond)}::bigint[],
        ${column((sample) => sample.networkDownBitsPerSecond)}::bigint[],
        ${column((sample) => sample.networkUpBitsPerSecond)}::bigint[],
        ${column(({ listeningPorts }) => (listeningPorts ? arrayText(listeningPorts) : null))}::text[]
      ) AS s (booking, at, utilisation, used, power, temperature, cpu, memory, read, write, down, up, ports)
      ON CONFLICT DO NOTHING`;
  });
}

/** Figures as PostgreSQL writes a list: "{1,NULL,3}". */
function arrayText(figures: readonly (number | null)[]): string {
  return `{${figures.map((figure) => figure ?? 'NULL').join(',')}}`;
}
