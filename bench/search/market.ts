import type pg from 'pg';

/** The instant of the market that is made; machines spoke just before. */
export const NOW = new Date('2026-11-23T12:00:00.000Z');

/**
 * Fills an empty market with so many published listings, by SQL and without triggers: 40 models of which few are common, 30 countries, prices around
 * those of the model, a quarter of the machines partly taken, a tenth with silences. The same for everybody: chance is a hash of the row's number.
 */
export async function fillMarket(client: pg.Client, listings: number): Promise<void> {
  const hosts = Math.ceil(listings / 5);
  const at = `timestamptz '${NOW.toISOString()}'`;
  await client.query(`
    SET session_replication_role = replica;
    ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap;
    CREATE OR REPLACE FUNCTION chance(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
      $$ SELECT (hashint8extended(n, salt) & 1048575)::float8 / 1048576 $$;
    INSERT INTO users (id, email, name, password_hash, terms_version, terms_accepted_at, created_at)
      SELECT 'usr_' || lpad(n::text, 26, '0'), 'host' || n || '@bench.example', 'Host ' || n, '', 'bench', ${at}, ${at}
      FROM generate_series(1, ${hosts}) n;
    INSERT INTO machines (id, host_id, name, region, country, signing_key, sealing_key, agent_version, simulated, specification,
        self_test_passed, staff_checked_at, last_sync_at, enrolled_at)
      SELECT 'mch_' || lpad(n::text, 26, '0'), 'usr_' || lpad((1 + n % ${hosts})::text, 26, '0'), 'box ' || n, 'Region ' || n % 200,
        CASE WHEN chance(n, 1) < 0.95 THEN chr(65 + floor(5 * power(chance(n, 2), 2))::int) || chr(65 + floor(6 * chance(n, 3))::int) END,
        'sk' || n, 'ek' || n, 'bench', chance(n, 4) < 0.03,
        jsonb_build_object('docker', jsonb_build_object('version', '27'), 'cpuModel', 'CPU ' || n % 50, 'cpuThreads', 32,
          'memoryBytes', 137438953472, 'diskFreeBytes', 1099511627776, 'networkDownBitsPerSecond', 1000000000),
        chance(n, 5) < 0.92, CASE WHEN chance(n, 6) < 0.25 THEN ${at} END, ${at} - interval '6 seconds' - chance(n, 7) * interval '12 seconds', ${at}
      FROM generate_series(1, ${listings}) n;
    INSERT INTO gpus (id, machine_id, uuid, position, model, vram_bytes)
      SELECT 'gpu_' || lpad((n * 16 + k)::text, 26, '0'), 'mch_' || lpad(n::text, 26, '0'), 'GPU-' || n || '-' || k, k,
        'Model ' || kind, (ARRAY[8, 12, 16, 24, 24, 32, 40, 48, 80, 141])[1 + kind % 10] * 1073741824::bigint - 12582912
      FROM generate_series(1, ${listings}) n, LATERAL (SELECT floor(40 * power(chance(n, 8), 2))::int AS kind) m,
        LATERAL generate_series(0, (ARRAY[1, 1, 2, 4, 8])[1 + floor(5 * chance(n, 9))::int] - 1) k;
    INSERT INTO listings (id, machine_id, host_id, state, price_micros_per_gpu_hour, disk_price_micros_per_gib_month, min_gpus,
        published_at, created_at, updated_at)
      SELECT 'lst_' || lpad(n::text, 26, '0'), m.id, m.host_id, 'published',
        1000 * floor((100 + 60 * floor(40 * power(chance(n, 8), 2))) * (0.6 + 0.9 * chance(n, 10)))::bigint, 100000,
        CASE WHEN chance(n, 11) < 0.75 THEN 1 ELSE 2 END, ${at} - chance(n, 12) * interval '90 days', ${at}, ${at}
      FROM generate_series(1, ${listings}) n JOIN machines m ON m.id = 'mch_' || lpad(n::text, 26, '0');
    INSERT INTO offers (id, machine_id, starts_at)
      SELECT 'ofr_' || lpad(n::text, 26, '0'), 'mch_' || lpad(n::text, 26, '0'), ${at} - chance(n, 13) * interval '60 days'
      FROM generate_series(1, ${listings}) n;
    INSERT INTO silences (id, machine_id, cause, starts_at, ends_at)
      SELECT 'sil_' || lpad(n::text, 26, '0'), 'mch_' || lpad(n::text, 26, '0'), 'unreachable', begins, begins + chance(n, 15) * interval '1 day'
      FROM generate_series(1, ${listings}, 10) n, LATERAL (SELECT ${at} - interval '1 day' - chance(n, 14) * interval '30 days' AS begins) s;
    INSERT INTO allocations (id, booking_id, gpu_id, starts_at, ends_at)
      SELECT 'alc_' || substr(g.id, 5), 'none', g.id, ${at} - interval '1 hour', ${at} + chance(n, 16) * interval '2 days' + interval '1 hour'
      FROM generate_series(1, ${listings}, 4) n JOIN gpus g ON g.machine_id = 'mch_' || lpad(n::text, 26, '0')
      WHERE chance(n * 16 + g.position, 17) < 0.7;
    ALTER TABLE allocations ADD CONSTRAINT allocations_no_overlap EXCLUDE USING gist (hashtextextended(gpu_id, 0) WITH =, tstzrange(starts_at, ends_at) WITH &&);
    SET session_replication_role = DEFAULT`);
  await client.query('VACUUM ANALYZE');
}
