import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { type GpuSample, type MetricsRequest, UNRENTED_SAMPLE_SECONDS } from '#protocol/metrics.ts';
import { bookingsUnder } from './queries/leases.ts';
import { type PlacedSample, type PlacedUnrented, placed } from './sample.ts';

/**
 * Keeps what a machine's rentals used, and what its GPUs did that nobody rented; a sample that was sent before is kept once.
 * Returns how many were new.
 * Refuses: `agentUnknown`, `sessionOver`, `notFound` (a lease of another machine), `badInput` (a sample of the future).
 */
export async function recordSamples(token: string, request: MetricsRequest, world: World = theWorld): Promise<number> {
  const leases = [...new Set(request.samples.map(({ leaseId }) => leaseId))];
  const { machineId, bookings } = await bookingsUnder(token, leases);
  const samples = placed(request.samples, world.now());
  const unrented = placed(request.unrented ?? [], world.now(), UNRENTED_SAMPLE_SECONDS);
  if (samples.length + unrented.length === 0) return 0;
  // Nobody is hurt by seconds that a crash of the database forgets: this commit does not wait for the disk.
  return inTransaction(
    'record-samples',
    async (tx) => (await keepRented(tx, samples, bookings)) + (await keepUnrented(tx, unrented, machineId)),
  );
}

/** Step: what rentals used. */
async function keepRented(tx: Tx, samples: readonly PlacedSample[], bookings: ReadonlyMap<string, string>) {
  if (samples.length === 0) return 0;
  const column = <Value>(of: (sample: PlacedSample) => Value) => samples.map(of);
  const gpus = (of: (gpu: GpuSample) => number | null) => column((sample) => arrayText(sample.gpus.map(of)));
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
}

/**
 * Step: what GPUs did that nobody rented. Staff may see these, so what a machine says of a GPU in a time in which it was
 * somebody's is not kept; nor of one that is not the machine's.
 */
async function keepUnrented(tx: Tx, samples: readonly PlacedUnrented[], machineId: string) {
  if (samples.length === 0) return 0;
  const rows = samples.flatMap(({ at, gpus }) => gpus.map((gpu) => ({ at, ...gpu })));
  return tx.$executeRaw`
    WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO gpu_samples (gpu_id, at, utilisation_percent, memory_used_bytes, power_watts, temperature_celsius)
    SELECT g.id, s.at, s.utilisation::smallint, s.used, s.power, s.temperature::smallint
    FROM quick, unnest(${rows.map(({ uuid }) => uuid)}::text[], ${rows.map(({ at }) => at)}::timestamptz[],
        ${rows.map(({ utilisationPercent }) => utilisationPercent)}::real[],
        ${rows.map(({ memoryUsedBytes }) => memoryUsedBytes)}::bigint[],
        ${rows.map(({ powerWatts }) => powerWatts)}::real[],
        ${rows.map(({ temperatureCelsius }) => temperatureCelsius)}::real[])
      AS s (uuid, at, utilisation, used, power, temperature), gpus g
    WHERE g.machine_id = ${machineId} AND g.uuid = s.uuid AND g.removed_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM allocations a WHERE a.gpu_id = g.id
        AND a.starts_at < s.at + ${`${UNRENTED_SAMPLE_SECONDS} seconds`}::interval AND a.ends_at > s.at)
    ON CONFLICT DO NOTHING`;
}

/** Figures as PostgreSQL writes a list: "{1,NULL,3}". */
function arrayText(figures: readonly (number | null)[]): string {
  return `{${figures.map((figure) => figure ?? 'NULL').join(',')}}`;
}
